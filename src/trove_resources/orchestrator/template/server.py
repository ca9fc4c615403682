"""The server of a template."""

from trove_resources.clouds.service import Json
from trove_resources.orchestrator.template import names, storage
from trove_resources.spec import InstanceSpec


def resource(spec: InstanceSpec, server_type: str, user_data: Json) -> Json:
    """Return the server. Its ports are in the order of the spec, which the guest relies on."""
    server = spec.server
    properties: Json = {
        "name": server.name,
        "flavor": server.flavor_id,
        "flavor_update_policy": "RESIZE",
        "networks": [{"port": {"get_resource": names.port(port.role)}} for port in spec.ports]
        # Without ports of ours Nova creates one, if the project has a network.
        or [{"allocate_network": "auto"}],
        "block_device_mapping_v2": storage.block_devices(spec),
        "metadata": dict(server.metadata),
        "tags": list(server.tags),
        "config_drive": server.config_drive,
        "user_data_format": "RAW",
        "user_data": user_data,
        "user_data_update_policy": "IGNORE",
    }
    if spec.security_group is not None and not spec.ports:
        properties["security_groups"] = [{"get_resource": names.SECURITY_GROUP}]
    optional = {
        "image": server.image_id,
        "availability_zone": server.availability_zone,
        "key_name": server.key_name,
        "scheduler_hints": {"group": server.group_id} if server.group_id else None,
    }
    properties.update({name: value for name, value in optional.items() if value})
    return {"type": server_type, "properties": properties}
