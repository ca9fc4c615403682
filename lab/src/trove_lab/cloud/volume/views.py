"""Views of volumes and snapshots."""

from __future__ import annotations

from trove_lab.cloud.clock import timestamp
from trove_lab.cloud.http import Json
from trove_lab.cloud.volume import versions
from trove_lab.cloud.volume.request import Request
from trove_lab.cloud.volume.state import HOST, Attachment, Volume

_FORM = "%Y-%m-%dT%H:%M:%S.000000"


def moment(value: float | None) -> str | None:
    """Return a time in Cinder's format, or None."""
    return None if value is None else timestamp(value, form=_FORM)


def base(request: Request) -> str:
    """Return the URL of the version root, with the project if the request's path has it."""
    project_id = versions.project_in(request.path)
    return request.link(f"/v3/{project_id}" if project_id else "/v3")


def links(request: Request, path: str) -> list[Json]:
    """Return the links of a resource: itself, and the bookmark without the version."""
    own = base(request)
    return [{"rel": "self", "href": own + path}, {"rel": "bookmark", "href": own.replace("/v3", "", 1) + path}]


def summary(request: Request, volume: Volume) -> Json:
    """Return a volume as a list without details shows it."""
    return {"id": volume.id, "name": volume.name, "links": links(request, f"/volumes/{volume.id}")}


def detail(request: Request, volume: Volume) -> Json:
    """Return a volume as GET shows it. The replies to POST and PUT show less."""
    view = created(request, volume)
    view["os-vol-tenant-attr:tenant_id"] = volume.project_id
    if request.caller.is_admin:
        view["os-vol-mig-status-attr:migstat"] = volume.migration_status
        view["os-vol-mig-status-attr:name_id"] = None
        view["os-vol-host-attr:host"] = HOST
    if volume.image_metadata:
        view["volume_image_metadata"] = dict(volume.image_metadata)
    return view


def created(request: Request, volume: Volume) -> Json:
    """Return a volume as the replies to POST and PUT show it."""
    state = request.cloud.volume
    view: Json = {
        "id": volume.id,
        "status": volume.status,
        "size": volume.size,
        "availability_zone": volume.availability_zone,
        "created_at": moment(volume.created_at),
        "updated_at": moment(volume.updated_at),
        "name": volume.name,
        "description": volume.description,
        "volume_type": state.type_of(volume).name,
        "snapshot_id": volume.snapshot_id,
        "source_volid": volume.source_volid,
        "metadata": metadata(volume),
        "links": links(request, f"/volumes/{volume.id}"),
        "user_id": volume.user_id,
        "bootable": "true" if volume.bootable else "false",
        "encrypted": False,
        "replication_status": None,
        "consistencygroup_id": None,
        "multiattach": volume.multiattach,
        "attachments": [_attachment(request, each) for each in volume.attached],
    }
    if request.caller.is_admin:
        view["migration_status"] = volume.migration_status
    return view | _since(request, volume)


def metadata(volume: Volume) -> Json:
    """Return a volume's metadata, with the flag ``readonly`` that Cinder stores elsewhere."""
    if volume.readonly is None:
        return dict(volume.metadata)
    return {**volume.metadata, "readonly": str(volume.readonly)}


def _since(request: Request, volume: Volume) -> Json:
    """Return the attributes that later microversions add. Source: Cinder's REST API version history."""
    admin, state = request.caller.is_admin, request.cloud.volume
    new = volume.updated_at is None  # no back end is chosen yet
    added = (
        ((3, 13), {"group_id": None}),
        ((3, 21), {"provider_id": None} if admin else {}),
        ((3, 48), {"shared_targets": new, "service_uuid": None if new else state.service_id}),
        ((3, 61), {"cluster_name": None} if admin else {}),
        ((3, 63), {"volume_type_id": volume.volume_type_id}),
        ((3, 65), {"consumes_quota": True}),
    )
    return {name: value for since, more in added if request.at_least(since) for name, value in more.items()}


def _attachment(request: Request, attachment: Attachment) -> Json:
    return {
        "id": attachment.volume_id,
        "attachment_id": attachment.id,
        "volume_id": attachment.volume_id,
        "server_id": attachment.server_id,
        "host_name": attachment.host if request.caller.is_admin else None,
        "device": attachment.device,
        "attached_at": moment(attachment.attached_at),
    }
