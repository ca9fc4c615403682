"""Attachments: reserving a volume for a server, connecting and detaching it. Since microversion 3.27."""

from __future__ import annotations

from trove_lab.cloud.http import ApiError, Json, Reply
from trove_lab.cloud.ids import new_uuid
from trove_lab.cloud.volume import bodies, errors, listing, volumes
from trove_lab.cloud.volume.request import Request
from trove_lab.cloud.volume.state import Attachment, Volume
from trove_lab.cloud.volume.views import moment

_CONNECTOR: Json = {"type": ["object", "string", "null"]}
CREATE: Json = bodies.enveloped(
    "attachment",
    {
        "instance_uuid": bodies.OPTIONAL_UUID,
        "volume_uuid": bodies.UUID,
        "connector": _CONNECTOR,
        "mode": {"enum": ["rw", "ro", None]},
    },
    "volume_uuid",
)
UPDATE: Json = bodies.enveloped("attachment", {"connector": {"type": "object", "minProperties": 1}}, "connector")
FILTERS = {"volume_id", "status", "instance_id", "attach_status"}


def find(request: Request, attachment_id: str) -> tuple[Attachment, Volume]:
    """Return an attachment that the caller may see, with its volume. Raise Cinder's 404."""
    state = request.cloud.volume
    attachment = state.attachment(attachment_id)
    volume = state.volumes.get(attachment.volume_id) if attachment else None
    if attachment is None or volume is None or not request.caller.sees(attachment.project_id):
        message = f"Volume attachment could not be found with filter: attachment_id = {attachment_id}."
        raise errors.missing(message)
    return attachment, volume


def index(request: Request) -> Reply:
    """GET /v3/attachments."""
    rows = _matching(request)
    return listing.respond(request, "/attachments", rows, "VolumeAttachment", lambda _, row: _view(row))


def index_detail(request: Request) -> Reply:
    """GET /v3/attachments/detail."""
    rows, path = _matching(request), "/attachments/detail"
    return listing.respond(request, path, rows, "VolumeAttachment", lambda _, row: detail(row))


def create(request: Request) -> Reply:
    """POST /v3/attachments: reserves a volume for a server, and connects it if a ``connector`` is given."""
    given = request.object["attachment"]
    if "mode" in given and not request.at_least((3, 54)):
        raise errors.invalid("attachment", str(given), "Additional properties are not allowed ('mode' was unexpected)")
    volume = volumes.find(request, given["volume_uuid"])
    if "error" in volume.status:
        raise errors.invalid_volume(
            "Volume attachments can not be created if the volume is in an error state. The Volume"
            f" {volume.id} currently has a status of: {volume.status} "
        )
    if volume.status not in ("available", "downloading"):
        raise errors.invalid_volume(
            f"Volume {volume.id} status must be available or downloading to reserve, but the current status is"
            f" {volume.status}."
        )
    attachment = Attachment(
        id=new_uuid(),
        volume_id=volume.id,
        project_id=volume.project_id,
        server_id=given.get("instance_uuid"),
        mode="ro" if volume.readonly is not None else given.get("mode"),
    )
    volume.attachments.append(attachment)
    _become(request, volume, "reserved")
    if isinstance(given.get("connector"), dict) and given["connector"]:
        _connect(request, attachment, volume, given["connector"])
    return Reply(200, {"attachment": detail(attachment)})


def show(request: Request, attachment_id: str) -> Reply:
    """GET /v3/attachments/{attachment_id}."""
    return Reply(200, {"attachment": detail(find(request, attachment_id)[0])})


def update(request: Request, attachment_id: str) -> Reply:
    """PUT /v3/attachments/{attachment_id}: connects. As with Cinder, the reply still shows ``reserved``."""
    attachment, volume = find(request, attachment_id)
    before = attachment.attach_status
    _connect(request, attachment, volume, request.object["attachment"]["connector"])
    return Reply(200, {"attachment": {**detail(attachment), "status": before, "attached_at": ""}})


def act(request: Request, attachment_id: str) -> Reply:
    """POST /v3/attachments/{attachment_id}/action: ``os-complete``, after which the volume is ``in-use``."""
    action = next(iter(request.object), None)
    if action != "os-complete":
        raise errors.no_action(action)
    attachment, volume = find(request, attachment_id)
    attachment.attach_status, attachment.attached_at = "attached", request.cloud.clock.now()
    _become(request, volume, "in-use")
    return Reply(204)


def delete(request: Request, attachment_id: str) -> Reply:
    """DELETE /v3/attachments/{attachment_id}: returns the remaining attachments."""
    attachment, volume = find(request, attachment_id)
    release(request, volume, attachment)
    return Reply(200, {"attachments": [_view(each) for each in volume.attachments]})


def release(request: Request, volume: Volume, attachment: Attachment) -> None:
    """End an attachment. Raise Cinder's 409 for one that Nova uses (CVE-2023-2088)."""
    reject_release(attachment)
    volume.attachments.remove(attachment)
    if not volume.attachments:
        _become(request, volume, "available")


def reject_release(attachment: Attachment) -> None:
    """Raise Cinder's 409 for an attachment that Nova uses."""
    if attachment.by_nova and attachment.attach_status == "attached":
        raise nova_uses(attachment)


def nova_uses(attachment: Attachment) -> ApiError:
    """Return the error for detaching a volume without Nova's knowledge."""
    message = f"Detach volume from instance {attachment.server_id} using the Compute API"
    return errors.conflict(f"ConflictNovaUsingAttachment: {message}")


def connection(attachment: Attachment) -> Json:
    """Return the connection of a volume: a plausible iSCSI target."""
    return {
        "access_mode": attachment.mode or "rw",
        "qos_specs": None,
        "encrypted": False,
        "cacheable": False,
        "driver_volume_type": "iscsi",
        "attachment_id": attachment.id,
        "enforce_multipath": False,
    }


def detail(attachment: Attachment) -> Json:
    """Return an attachment with its times and its connection."""
    connected = attachment.connector is not None or attachment.attach_status == "attached"
    return {
        **_view(attachment),
        "attached_at": moment(attachment.attached_at) or "",
        "detached_at": "",
        "attach_mode": attachment.mode or "null",
        "connection_info": connection(attachment) if connected else {},
    }


def _view(attachment: Attachment) -> Json:
    return {
        "id": attachment.id,
        "status": attachment.attach_status,
        "instance": attachment.server_id,
        "volume_id": attachment.volume_id,
    }


def _connect(request: Request, attachment: Attachment, volume: Volume, connector: Json) -> None:
    attachment.connector = connector
    attachment.host = str(connector["host"]) if "host" in connector else None
    attachment.device = str(connector.get("mountpoint", "na"))
    attachment.mode = attachment.mode or ("ro" if connector.get("mode") == "ro" else "rw")
    attachment.attach_status, attachment.attached_at = "attaching", request.cloud.clock.now()
    _become(request, volume, "attaching")


def _become(request: Request, volume: Volume, status: str) -> None:
    volume.status, volume.updated_at = status, request.cloud.clock.now()


def _matching(request: Request) -> list[Attachment]:
    listing.reject_unknown(request, FILTERS)
    rows = listing.owned(request, request.cloud.volume.attachments())
    columns = {"volume_id": "volume_id", "status": "attach_status", "attach_status": "attach_status"}
    columns["instance_id"] = "server_id"
    for name, column in columns.items():
        if name in request.args:
            rows = [row for row in rows if getattr(row, column) == request.args[name]]
    return rows
