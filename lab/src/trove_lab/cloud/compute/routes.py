"""Nova's table of routes."""

from trove_lab.cloud.compute import (
    actions,
    addresses,
    extra_specs,
    flavors,
    hypervisors,
    instance_actions,
    interfaces,
    keypairs,
    limits,
    metadata,
    migrations,
    quotas,
    server_groups,
    servers,
    tags,
    versions,
    volume_attachments,
)
from trove_lab.cloud.http import Route

DOCUMENTS = (
    Route("GET", "/", versions.index, anonymous=True),
    Route("GET", "/v2.1", versions.show, anonymous=True),
)

_SERVER = "/servers/<server_id>"
_VOLUMES = f"{_SERVER}/os-volume_attachments"
_SPECS = "/flavors/<flavor_id>/os-extra_specs"
_QUOTAS = "/os-quota-sets/<project_id>"

_SERVERS = (
    Route("GET", "/servers", servers.index),
    Route("GET", "/servers/detail", servers.detail),
    Route("POST", "/servers", servers.create),
    Route("GET", _SERVER, servers.show),
    Route("PUT", _SERVER, servers.update),
    Route("DELETE", _SERVER, servers.delete),
    Route("POST", f"{_SERVER}/action", actions.run, actions=tuple(actions.ACTIONS)),
    Route("GET", f"{_SERVER}/metadata", metadata.index),
    Route("POST", f"{_SERVER}/metadata", metadata.create),
    Route("PUT", f"{_SERVER}/metadata", metadata.update_all),
    Route("GET", f"{_SERVER}/metadata/<key>", metadata.show),
    Route("PUT", f"{_SERVER}/metadata/<key>", metadata.update),
    Route("DELETE", f"{_SERVER}/metadata/<key>", metadata.delete),
    Route("GET", f"{_SERVER}/tags", tags.index, since=(2, 26)),
    Route("PUT", f"{_SERVER}/tags", tags.update_all, since=(2, 26)),
    Route("DELETE", f"{_SERVER}/tags", tags.delete_all, since=(2, 26)),
    Route("GET", f"{_SERVER}/tags/<tag>", tags.show, since=(2, 26)),
    Route("PUT", f"{_SERVER}/tags/<tag>", tags.update, since=(2, 26)),
    Route("DELETE", f"{_SERVER}/tags/<tag>", tags.delete, since=(2, 26)),
    Route("GET", f"{_SERVER}/ips", addresses.index),
    Route("GET", f"{_SERVER}/ips/<network_name>", addresses.show),
    Route("GET", f"{_SERVER}/os-security-groups", addresses.list_security_groups),
    Route("GET", f"{_SERVER}/os-interface", interfaces.index),
    Route("POST", f"{_SERVER}/os-interface", interfaces.create),
    Route("GET", f"{_SERVER}/os-interface/<port_id>", interfaces.show),
    Route("DELETE", f"{_SERVER}/os-interface/<port_id>", interfaces.delete),
    Route("GET", _VOLUMES, volume_attachments.index),
    Route("POST", _VOLUMES, volume_attachments.create),
    Route("GET", f"{_VOLUMES}/<volume_id>", volume_attachments.show),
    Route("PUT", f"{_VOLUMES}/<volume_id>", volume_attachments.update),
    Route("DELETE", f"{_VOLUMES}/<volume_id>", volume_attachments.delete),
    Route("GET", f"{_SERVER}/os-instance-actions", instance_actions.index),
    Route("GET", f"{_SERVER}/os-instance-actions/<request_id>", instance_actions.show),
    Route("GET", f"{_SERVER}/migrations", migrations.list_of_server, since=(2, 23)),
)

_FLAVORS = (
    Route("GET", "/flavors", flavors.index),
    Route("GET", "/flavors/detail", flavors.detail),
    Route("POST", "/flavors", flavors.create, admin="os_compute_api:os-flavor-manage:create"),
    Route("GET", "/flavors/<flavor_id>", flavors.show),
    Route("PUT", "/flavors/<flavor_id>", flavors.update, since=(2, 55), admin="os_compute_api:os-flavor-manage:update"),
    Route("DELETE", "/flavors/<flavor_id>", flavors.delete, admin="os_compute_api:os-flavor-manage:delete"),
    Route(
        "POST",
        "/flavors/<flavor_id>/action",
        extra_specs.add_or_remove_access,
        admin="os_compute_api:os-flavor-access:add_tenant_access",
    ),
    Route(
        "GET", "/flavors/<flavor_id>/os-flavor-access", extra_specs.list_access, admin="os_compute_api:os-flavor-access"
    ),
    Route("GET", _SPECS, extra_specs.index),
    Route("POST", _SPECS, extra_specs.create, admin="os_compute_api:os-flavor-extra-specs:create"),
    Route("GET", f"{_SPECS}/<key>", extra_specs.show),
    Route("PUT", f"{_SPECS}/<key>", extra_specs.update, admin="os_compute_api:os-flavor-extra-specs:update"),
    Route("DELETE", f"{_SPECS}/<key>", extra_specs.delete, admin="os_compute_api:os-flavor-extra-specs:delete"),
)

ROUTES = (
    *_SERVERS,
    *_FLAVORS,
    Route("GET", "/os-keypairs", keypairs.index),
    Route("POST", "/os-keypairs", keypairs.create),
    Route("GET", "/os-keypairs/<name>", keypairs.show),
    Route("DELETE", "/os-keypairs/<name>", keypairs.delete),
    Route("GET", "/os-server-groups", server_groups.index),
    Route("POST", "/os-server-groups", server_groups.create),
    Route("GET", "/os-server-groups/<group_id>", server_groups.show),
    Route("DELETE", "/os-server-groups/<group_id>", server_groups.delete),
    Route("GET", "/limits", limits.show),
    Route("GET", _QUOTAS, quotas.show),
    Route("GET", f"{_QUOTAS}/defaults", quotas.show_defaults),
    Route("GET", f"{_QUOTAS}/detail", quotas.show_detail),
    Route("PUT", _QUOTAS, quotas.update, admin="os_compute_api:os-quota-sets:update"),
    Route("DELETE", _QUOTAS, quotas.delete, admin="os_compute_api:os-quota-sets:delete"),
    Route("GET", "/os-availability-zone", hypervisors.list_zones),
    Route(
        "GET",
        "/os-availability-zone/detail",
        hypervisors.list_zones_in_detail,
        admin="os_compute_api:os-availability-zone:detail",
    ),
    Route("GET", "/os-hypervisors", hypervisors.index, admin="os_compute_api:os-hypervisors:list"),
    Route("GET", "/os-hypervisors/detail", hypervisors.detail, admin="os_compute_api:os-hypervisors:list-detail"),
    Route("GET", "/os-hypervisors/<hypervisor_id>", hypervisors.show, admin="os_compute_api:os-hypervisors:show"),
    Route("GET", "/os-services", hypervisors.list_services, admin="os_compute_api:os-services:list"),
    Route("GET", "/os-migrations", migrations.index, admin="os_compute_api:os-migrations:index"),
)
