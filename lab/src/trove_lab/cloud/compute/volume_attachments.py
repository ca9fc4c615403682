"""The volumes of a server. An attachment is identified by the id of its volume."""

from trove_lab.cloud.compute import block_devices, errors, history, lookups
from trove_lab.cloud.compute.parameters import BOOLEAN, TAG, UUID, body, truth
from trove_lab.cloud.compute.request import Request
from trove_lab.cloud.compute.state import BlockDevice, Server
from trove_lab.cloud.compute.validation import ANY, LIMIT, query
from trove_lab.cloud.compute.validation import body as checked
from trove_lab.cloud.compute.views import MAX_LIMIT
from trove_lab.cloud.http import Json, Reply, Version
from trove_lab.cloud.ids import new_uuid
from trove_lab.cloud.volume import internal_api as volumes
from trove_lab.cloud.volume.state import Volume

_DEVICE: Json = {
    "type": ["string", "null"],
    # /dev/xvdb, vdb …
    "pattern": "(^/dev/x{0,1}[a-z]{0,1}d{0,1})([a-z]+)[0-9]*$",
}
_CREATE: Json = {"volumeId": UUID, "device": _DEVICE}
_UPDATE: Json = {"volumeId": UUID}


def _schema(properties: Json) -> Json:
    return body("volumeAttachment", properties, ("volumeId",))


_CREATES: dict[Version, Json] = {
    (2, 1): _schema(_CREATE),
    (2, 49): _schema({**_CREATE, "tag": TAG}),
    (2, 79): _schema({**_CREATE, "tag": TAG, "delete_on_termination": BOOLEAN}),
}
_UPDATES: dict[Version, Json] = {
    (2, 1): _schema(_UPDATE),
    (2, 85): _schema(
        {
            **_UPDATE,
            "device": _DEVICE,
            "tag": TAG,
            "delete_on_termination": BOOLEAN,
            "serverId": UUID,
            "id": UUID,
        }
    ),
}


def index(request: Request, server_id: str) -> Reply:
    """GET /servers/{server_id}/os-volume_attachments."""
    query(request, {"limit": LIMIT, "offset": LIMIT, "marker": ANY}, strict_since=(2, 75))
    server = lookups.server(request, server_id)
    offset = int(request.args.get("offset", 0))
    shown = server.volumes[offset : offset + min(int(request.args.get("limit", MAX_LIMIT)), MAX_LIMIT)]
    return Reply(200, {"volumeAttachments": [_view(request, server, device) for device in shown]})


def show(request: Request, server_id: str, volume_id: str) -> Reply:
    """GET /servers/{server_id}/os-volume_attachments/{volume_id}."""
    server = lookups.server(request, server_id)
    return Reply(200, {"volumeAttachment": _view(request, server, _attached(server, volume_id))})


def create(request: Request, server_id: str) -> Reply:
    """POST /servers/{server_id}/os-volume_attachments: reserves the volume at once and attaches it later."""
    given = checked(request, _CREATES)["volumeAttachment"]
    server = lookups.server(request, server_id)
    lookups.require_unlocked(request, server)
    lookups.require_state(server, "attach_volume", lookups.WITH_VOLUMES, launched=True)
    volume = _volume(request, given["volumeId"])
    device = _reserve(request, server, volume)
    device.device_name = given.get("device") or block_devices.free_name(server)
    device.tag = given.get("tag")
    device.delete_on_termination = truth(given.get("delete_on_termination", False))
    if any(each.device_name == device.device_name for each in server.devices):
        volumes.unreserve(request.cloud, volume.id)
        raise errors.conflict(f"The supplied device path ({device.device_name}) is in use.")
    server.devices.append(device)
    _attach_later(request, server, device, volume.id)
    if request.at_least((2, 101)):
        return Reply(202)
    view: Json = {"id": volume.id, "serverId": server.id, "volumeId": volume.id, "device": device.device_name}
    if request.at_least((2, 70)):
        view["tag"] = device.tag
    if request.at_least((2, 79)):
        view["delete_on_termination"] = device.delete_on_termination
    return Reply(200, {"volumeAttachment": view})


def update(request: Request, server_id: str, volume_id: str) -> Reply:
    """PUT /servers/{server_id}/os-volume_attachments/{volume_id}: changes ``delete_on_termination`` (2.85).

    Another volume's id would swap volumes, which only Cinder does when it migrates a volume. Nothing migrates here.
    """
    given = checked(request, _UPDATES)["volumeAttachment"]
    server = lookups.server(request, server_id)
    if given["volumeId"] != volume_id or not request.at_least((2, 85)):
        if not request.caller.is_admin:
            raise errors.forbidden("os_compute_api:os-volumes-attachments:swap")
        _volume(request, volume_id)
        raise errors.conflict(f"volume {volume_id} is not migrating; this API should only be called by Cinder")
    device = next((each for each in server.volumes if each.volume_id == volume_id), None)
    if device is None:
        raise errors.not_found(f"No volume Block Device Mapping with id {volume_id}.")
    _reject_changes(server, device, given)
    if "delete_on_termination" in given:
        device.delete_on_termination = truth(given["delete_on_termination"])
    return Reply(202)


def delete(request: Request, server_id: str, volume_id: str) -> Reply:
    """DELETE /servers/{server_id}/os-volume_attachments/{volume_id}: ``detaching``, then ``available``."""
    server = lookups.server(request, server_id)
    _volume(request, volume_id)
    device = _attached(server, volume_id)
    if device.is_root:
        raise errors.bad_request("Cannot detach a root device volume")
    lookups.require_unlocked(request, server)
    lookups.require_state(server, "detach_volume", lookups.WITH_VOLUMES)
    try:
        volumes.begin_detaching(request.cloud, volume_id)
    except volumes.VolumeError as error:
        raise errors.bad_request(
            "Invalid volume: Invalid input received: Invalid volume: Unable to detach volume. Volume status must be"
            " 'in-use' and attach_status must be 'attached' to detach. (HTTP 400)"
            f" (Request-ID: {request.request_id})"
        ) from error
    action = history.begin(request, server, "detach_volume", "compute_detach_volume")

    def finish() -> None:
        if device in server.devices and server.deleted_at is None:
            volumes.detach(request.cloud, volume_id, server.id)
            server.devices.remove(device)
        history.end(request.cloud, server, action)

    def failed() -> None:
        volumes.roll_detaching(request.cloud, volume_id)
        history.end(request.cloud, server, action, error="failed because of a fault of the control API")

    request.later(f"{server.id} {volume_id}", "volume.detach", finish, failed)
    return Reply(202)


def _attach_later(request: Request, server: Server, device: BlockDevice, volume_id: str) -> None:
    action = history.begin(request, server, "attach_volume", "compute_attach_volume")

    def finish() -> None:
        if device not in server.devices or server.deleted_at is not None:
            return
        attachment = volumes.attach(
            request.cloud,
            volume_id,
            server_id=server.id,
            device=device.device_name or "",
            host=server.host or "",
        )
        device.attachment_id = attachment.id
        history.end(request.cloud, server, action)

    def failed() -> None:
        volumes.unreserve(request.cloud, volume_id)
        if device in server.devices:
            server.devices.remove(device)
        history.end(request.cloud, server, action, error="failed because of a fault of the control API")

    request.later(f"{server.id} {volume_id}", "volume.attach", finish, failed)


def _reserve(request: Request, server: Server, volume: Volume) -> BlockDevice:
    if volume.status == "in-use":
        ids = " ".join(sorted({each.server_id for each in volume.attachments if each.server_id}))
        raise errors.bad_request(f"Invalid volume: volume {volume.id} is already attached to instances: {ids}")
    try:
        attachment = volumes.reserve(request.cloud, volume.id, server_id=server.id)
    except volumes.VolumeError as error:
        raise errors.bad_request(block_devices.unavailable(request, volume.id, volume.status)) from error
    return BlockDevice(
        id=new_uuid(),
        source_type="volume",
        destination_type="volume",
        source_id=volume.id,
        volume_id=volume.id,
        volume_size=volume.size,
        attachment_id=attachment.id,
    )


def _volume(request: Request, volume_id: str) -> Volume:
    volume = volumes.find(request.cloud, request.project_id, volume_id, is_admin=request.caller.is_admin)
    if volume is None:
        raise errors.not_found(f"Volume {volume_id} could not be found.")
    return volume


def _attached(server: Server, volume_id: str) -> BlockDevice:
    device = next((each for each in server.volumes if each.volume_id == volume_id), None)
    if device is None:
        raise errors.not_found(f"Instance {server.id} is not attached to volume {volume_id}")
    return device


def _reject_changes(server: Server, device: BlockDevice, given: Json) -> None:
    """Reject different values for what cannot be changed."""
    fixed = {"device": device.device_name, "tag": device.tag, "serverId": server.id, "id": device.volume_id}
    for name, value in fixed.items():
        if name in given and given[name] != value:
            raise errors.bad_request(f"The {name} field of a volume attachment cannot be changed")


def _view(request: Request, server: Server, device: BlockDevice) -> Json:
    view: Json = {} if request.at_least((2, 89)) else {"id": device.volume_id}
    view |= {"volumeId": device.volume_id, "serverId": server.id}
    if device.device_name:
        view["device"] = device.device_name
    if request.at_least((2, 70)):
        view["tag"] = device.tag
    if request.at_least((2, 79)):
        view["delete_on_termination"] = device.delete_on_termination
    if request.at_least((2, 89)):
        view |= {"attachment_id": device.attachment_id, "bdm_uuid": device.id}
    return view
