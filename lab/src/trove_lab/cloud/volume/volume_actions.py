"""POST /v3/volumes/{volume_id}/action: one action per body, each with its own schema and status."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from trove_lab.cloud.http import Json, Reply
from trove_lab.cloud.ids import new_uuid
from trove_lab.cloud.volume import attachments, bodies, errors, lifecycle, quotas, volume_types, volumes
from trove_lab.cloud.volume.request import Request
from trove_lab.cloud.volume.state import Attachment, Volume

STATUSES = (
    "creating",
    "available",
    "deleting",
    "error",
    "error_deleting",
    "error_managing",
    "managing",
    "attaching",
    "in-use",
    "detaching",
    "maintenance",
    "restoring-backup",
    "error_restoring",
    "reserved",
    "awaiting-transfer",
    "backing-up",
    "error_backing-up",
    "error_extending",
    "downloading",
    "uploading",
    "retyping",
    "extending",
)
_ADMIN = "volume_extension:volume_admin_actions"


@dataclass(frozen=True, slots=True)
class Action:
    """An action: its function, the schema of its value, and the policy that allows it to administrators only."""

    run: Callable[[Request, Volume, Json], Reply]
    schema: Json
    admin: str | None = None


def act(request: Request, volume_id: str) -> Reply:
    """Run the action that the body names."""
    body = request.object
    name = next(iter(body), None)
    action = ACTIONS.get(name or "")
    if name is None or action is None:
        raise errors.no_action(name)
    schema = {"type": "object", "properties": {name: action.schema}}
    bodies.checked({name: body[name] if body[name] is not None else {}}, schema)
    volume = volumes.find(request, volume_id)
    if action.admin and not request.caller.is_admin:
        raise errors.forbidden(action.admin)
    return action.run(request, volume, body[name] or {})


def _extend(request: Request, volume: Volume, given: Json) -> Reply:
    size = int(given["new_size"])
    if size <= volume.size:
        raise errors.bad_request(
            "Invalid input received: New size for extend must be greater than current size."
            f" (current: {volume.size}, extended: {size})."
        )
    attached = request.at_least((3, 42)) and volume.status == "in-use"
    expected = {"status": "in-use" if attached else "available"}
    if volume.status != expected["status"]:
        raise errors.invalid_volume(
            f"Volume {volume.id} status must be '{expected}' to extend, currently {volume.status}."
        )
    try:
        quotas.check_growth(request.cloud.volume, volume, size)
    except quotas.QuotaExceededError as error:
        raise errors.over_quota(str(error)) from error
    lifecycle.extend(request.cloud, volume, size, request.later)
    return Reply(202)


def _reset_status(request: Request, volume: Volume, given: Json) -> Reply:
    status, attach_status = given.get("status"), given.get("attach_status")
    if status is not None and status not in STATUSES:
        raise errors.bad_request(f"Volume status: {status} is invalid, valid statuses are: {STATUSES}.")
    if status is not None:
        request.cloud.transitions.cancel(volume.id)
        _become(request, volume, status)
    if attach_status == "detached":
        volume.attachments.clear()
    if "migration_status" in given:
        volume.migration_status = None if given["migration_status"] == "none" else given["migration_status"]
    return Reply(202)


def _force_delete(request: Request, volume: Volume, _given: Json) -> Reply:
    volumes.reject_delete(request, volume, force=True)
    lifecycle.delete(request.cloud, volume, request.later)
    return Reply(202)


def _reserve(request: Request, volume: Volume, _given: Json) -> Reply:
    if volume.status != "available":
        raise errors.invalid_volume(f"Volume status must be available to reserve, but the status is {volume.status}.")
    _become(request, volume, "attaching")
    return Reply(202)


def _unreserve(request: Request, volume: Volume, _given: Json) -> Reply:
    if volume.status == "attaching":
        _become(request, volume, "in-use" if volume.attached else "available")
    return Reply(202)


def _attach(request: Request, volume: Volume, given: Json) -> Reply:
    if volume.status not in ("available", "attaching"):
        raise errors.bad_request(
            "Error attaching volume - InvalidVolume: Invalid volume: volume is already attached"
            if volume.status == "in-use"
            else "Error attaching volume - InvalidVolume: Invalid volume: status must be available or attaching"
        )
    attachment = Attachment(
        id=new_uuid(),
        volume_id=volume.id,
        project_id=volume.project_id,
        server_id=given.get("instance_uuid"),
        attach_status="attached",
        device=given["mountpoint"],
        host=given.get("host_name"),
        mode=given.get("mode") or "rw",
        attached_at=request.cloud.clock.now(),
    )
    volume.attachments.append(attachment)
    volume.readonly = volume.readonly or False
    _become(request, volume, "in-use")
    return Reply(202)


def _detach(request: Request, volume: Volume, given: Json) -> Reply:
    wanted = given.get("attachment_id")
    found = [each for each in volume.attachments if wanted in (None, each.id)]
    for attachment in found:
        attachments.reject_release(attachment)
    for attachment in found:
        volume.attachments.remove(attachment)
    if not volume.attachments:
        _become(request, volume, "available")
    return Reply(202)


def _force_detach(request: Request, volume: Volume, given: Json) -> Reply:
    wanted = given.get("attachment_id")
    volume.attachments[:] = [each for each in volume.attachments if wanted not in (None, each.id)]
    if not volume.attachments:
        _become(request, volume, "available")
    return Reply(202)


def _begin_detaching(request: Request, volume: Volume, _given: Json) -> Reply:
    if volume.status != "in-use" or not volume.attached:
        raise errors.invalid_volume(
            "Unable to detach volume. Volume status must be 'in-use' and attach_status must be 'attached' to detach."
        )
    _become(request, volume, "detaching")
    return Reply(202)


def _roll_detaching(request: Request, volume: Volume, _given: Json) -> Reply:
    if volume.status == "detaching":
        _become(request, volume, "in-use")
    return Reply(202)


def _initialize_connection(_request: Request, volume: Volume, _given: Json) -> Reply:
    info: Json = {"driver_volume_type": "iscsi", "data": {"volume_id": volume.id, "access_mode": "rw"}}
    return Reply(200, {"connection_info": {**info, "enforce_multipath": False}})


def _terminate_connection(_request: Request, _volume: Volume, _given: Json) -> Reply:
    return Reply(202)


def _set_bootable(_request: Request, volume: Volume, given: Json) -> Reply:
    volume.bootable = bodies.truth(given["bootable"])
    return Reply(200)


def _update_readonly_flag(_request: Request, volume: Volume, given: Json) -> Reply:
    if volume.status != "available":
        raise errors.invalid_volume(
            f"Volume {volume.id} status must be available to update readonly flag, but current status is:"
            f" {volume.status}."
        )
    volume.readonly = bodies.truth(given["readonly"])
    return Reply(202)


def _retype(request: Request, volume: Volume, given: Json) -> Reply:
    kind = volume_types.find(request, given["new_type"], by_name=True)
    if volume.status not in ("available", "in-use"):
        raise errors.invalid_volume(
            f"Volume {volume.id} status must be available or in-use, must not be migrating, have snapshots,"
            " be replicated, be part of a group and destination host/cluster must be different than the current one"
        )
    if kind.id == volume.volume_type_id:
        raise errors.bad_request(f"Invalid input received: New volume_type same as original: {given['new_type']}.")
    volume.volume_type_id = kind.id
    return Reply(202)


def _set_image_metadata(_request: Request, volume: Volume, given: Json) -> Reply:
    volume.image_metadata.update(given["metadata"])
    return Reply(200, {"metadata": dict(volume.image_metadata)})


def _show_image_metadata(_request: Request, volume: Volume, _given: Json) -> Reply:
    return Reply(200, {"metadata": dict(volume.image_metadata)})


def _unset_image_metadata(_request: Request, volume: Volume, given: Json) -> Reply:
    if given["key"] not in volume.image_metadata:
        raise errors.missing(f"Glance metadata for volume/snapshot {volume.id} cannot be found.")
    del volume.image_metadata[given["key"]]
    return Reply(200)


def _become(request: Request, volume: Volume, status: str) -> None:
    volume.status, volume.updated_at = status, request.cloud.clock.now()


def _takes(*required: str, **properties: Any) -> Json:
    return {"type": "object", "properties": properties, "required": list(required)}


_STRING: Json = {"type": "string"}
ACTIONS = {
    "os-extend": Action(_extend, _takes("new_size", new_size=bodies.GIBIBYTES)),
    "os-reset_status": Action(
        _reset_status,
        _takes(status=_STRING, attach_status=_STRING, migration_status=bodies.TEXT),
        admin=f"{_ADMIN}:reset_status",
    ),
    "os-force_delete": Action(_force_delete, _takes(), admin=f"{_ADMIN}:force_delete"),
    "os-force_detach": Action(_force_detach, _takes(attachment_id=bodies.TEXT), admin=f"{_ADMIN}:force_detach"),
    "os-reserve": Action(_reserve, _takes()),
    "os-unreserve": Action(_unreserve, _takes()),
    "os-attach": Action(
        _attach,
        _takes(
            "mountpoint",
            mountpoint={"type": "string", "minLength": 1, "maxLength": 255},
            instance_uuid=bodies.OPTIONAL_UUID,
            host_name=bodies.TEXT,
            mode={"enum": ["rw", "ro"]},
        ),
    ),
    "os-detach": Action(_detach, _takes(attachment_id=bodies.OPTIONAL_UUID)),
    "os-begin_detaching": Action(_begin_detaching, _takes()),
    "os-roll_detaching": Action(_roll_detaching, _takes()),
    "os-initialize_connection": Action(_initialize_connection, _takes("connector", connector={"type": "object"})),
    "os-terminate_connection": Action(_terminate_connection, _takes("connector", connector={})),
    "os-set_bootable": Action(_set_bootable, _takes("bootable", bootable=bodies.BOOLEAN)),
    "os-update_readonly_flag": Action(_update_readonly_flag, _takes("readonly", readonly=bodies.BOOLEAN)),
    "os-retype": Action(
        _retype,
        _takes("new_type", new_type=_STRING, migration_policy={"enum": ["on-demand", "never"]}),
    ),
    "os-set_image_metadata": Action(
        _set_image_metadata, _takes("metadata", metadata={"type": "object", "additionalProperties": _STRING})
    ),
    "os-show_image_metadata": Action(_show_image_metadata, _takes()),
    "os-unset_image_metadata": Action(_unset_image_metadata, _takes("key", key=_STRING)),
}
