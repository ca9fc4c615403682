"""Cinder's table of routes."""

from trove_lab.cloud.http import Route
from trove_lab.cloud.volume import (
    attachments,
    errors,
    metadata,
    quotas,
    services,
    snapshots,
    versions,
    volume_actions,
    volume_types,
    volumes,
)
from trove_lab.cloud.volume.request import Request

_QUOTAS = "volume_extension:quotas"
_SPECS = "volume_extension:types_extra_specs"
_ATTACHMENTS_SINCE = (3, 27)

DOCUMENTS = (
    Route("GET", "/", versions.index, anonymous=True),
    Route("GET", "/v3", versions.show),
)

ROUTES = (
    Route("GET", "/volumes", volumes.index),
    Route("POST", "/volumes", volumes.create, schema=volumes.CREATE),
    Route("GET", "/volumes/detail", volumes.index_detail),
    Route("GET", "/volumes/summary", volumes.summarize, since=(3, 12)),
    Route("GET", "/volumes/<volume_id>", volumes.show),
    Route("PUT", "/volumes/<volume_id>", volumes.update, schema=volumes.UPDATE),
    Route("DELETE", "/volumes/<volume_id>", volumes.delete),
    Route("POST", "/volumes/<volume_id>/action", volume_actions.act, actions=tuple(volume_actions.ACTIONS)),
    *metadata.VOLUME_ROUTES,
    Route("GET", "/snapshots", snapshots.index),
    Route("POST", "/snapshots", snapshots.create, schema=snapshots.CREATE),
    Route("GET", "/snapshots/detail", snapshots.index_detail),
    Route("GET", "/snapshots/<snapshot_id>", snapshots.show),
    Route("PUT", "/snapshots/<snapshot_id>", snapshots.update, schema=snapshots.UPDATE),
    Route("DELETE", "/snapshots/<snapshot_id>", snapshots.delete),
    Route("POST", "/snapshots/<snapshot_id>/action", snapshots.act),
    *metadata.SNAPSHOT_ROUTES,
    Route("GET", "/attachments", attachments.index, since=_ATTACHMENTS_SINCE),
    Route("POST", "/attachments", attachments.create, schema=attachments.CREATE, since=_ATTACHMENTS_SINCE),
    Route("GET", "/attachments/detail", attachments.index_detail, since=_ATTACHMENTS_SINCE),
    Route("GET", "/attachments/<attachment_id>", attachments.show, since=_ATTACHMENTS_SINCE),
    Route(
        "PUT",
        "/attachments/<attachment_id>",
        attachments.update,
        schema=attachments.UPDATE,
        since=_ATTACHMENTS_SINCE,
    ),
    Route("DELETE", "/attachments/<attachment_id>", attachments.delete, since=_ATTACHMENTS_SINCE),
    Route("POST", "/attachments/<attachment_id>/action", attachments.act, since=(3, 44)),
    Route("GET", "/types", volume_types.index),
    Route("POST", "/types", volume_types.create, schema=volume_types.CREATE, admin="volume_extension:type_create"),
    Route("GET", "/types/<type_id>", volume_types.show),
    Route(
        "PUT", "/types/<type_id>", volume_types.update, schema=volume_types.UPDATE, admin="volume_extension:type_update"
    ),
    Route("DELETE", "/types/<type_id>", volume_types.delete, admin="volume_extension:type_delete"),
    Route("GET", "/types/<type_id>/extra_specs", volume_types.show_specs),
    Route(
        "POST",
        "/types/<type_id>/extra_specs",
        volume_types.set_specs,
        schema=volume_types.EXTRA_SPECS,
        admin=f"{_SPECS}:create",
    ),
    Route("GET", "/types/<type_id>/extra_specs/<key>", volume_types.show_spec),
    Route("PUT", "/types/<type_id>/extra_specs/<key>", volume_types.set_spec, admin=f"{_SPECS}:update"),
    Route("DELETE", "/types/<type_id>/extra_specs/<key>", volume_types.delete_spec, admin=f"{_SPECS}:delete"),
    Route("GET", "/limits", quotas.show_limits),
    Route("GET", "/os-quota-sets/<project_id>", quotas.show),
    Route("PUT", "/os-quota-sets/<project_id>", quotas.update, admin=f"{_QUOTAS}:update"),
    Route("DELETE", "/os-quota-sets/<project_id>", quotas.delete, admin=f"{_QUOTAS}:delete"),
    Route("GET", "/os-quota-sets/<project_id>/defaults", quotas.defaults),
    Route("GET", "/os-services", services.index, admin="volume_extension:services:index"),
    Route("GET", "/os-availability-zone", services.index_zones),
    Route(
        "GET",
        "/scheduler-stats/get_pools",
        services.index_pools,
        admin="scheduler_extension:scheduler_stats:get_pools",
    ),
    Route("GET", "/extensions", services.index_extensions),
)


def admit(request: Request) -> None:
    """Reject a path with the id of a project other than the token's, even from an administrator."""
    named = versions.project_in(request.path)
    if named is not None and named != request.caller.project_id:
        raise errors.bad_request("Malformed request url")
