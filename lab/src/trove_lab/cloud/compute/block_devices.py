"""The block devices of a new server.

They are validated when it is created, and volumes are created when it is built.
"""

from __future__ import annotations

import string
from typing import Any

from trove_lab.cloud.compute import errors
from trove_lab.cloud.compute.parameters import BOOLEAN, SIZE, TAG, UUID, truth
from trove_lab.cloud.compute.request import ComputeCloud, Request
from trove_lab.cloud.compute.state import BlockDevice, Server
from trove_lab.cloud.http import Json, Version
from trove_lab.cloud.ids import new_uuid
from trove_lab.cloud.image import internal_api as images
from trove_lab.cloud.volume import internal_api as volumes

_PROPERTIES: Json = {
    "source_type": {"type": "string", "enum": ["volume", "image", "snapshot", "blank"]},
    "uuid": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[a-zA-Z0-9._-]*$"},
    "image_id": UUID,
    "volume_id": UUID,
    "snapshot_id": UUID,
    "destination_type": {"type": "string", "enum": ["local", "volume"]},
    "guest_format": {"type": "string", "maxLength": 255},
    "device_type": {"type": "string", "maxLength": 255},
    "disk_bus": {"type": "string", "maxLength": 255},
    "boot_index": {"type": ["integer", "string", "null"], "pattern": "^-?[0-9]+$"},
    "volume_size": SIZE,
    "device_name": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[a-zA-Z0-9._/-]*$"},
    "delete_on_termination": BOOLEAN,
    "no_device": {},
    "connection_info": {"type": "string"},
    "virtual_name": {"type": "string", "maxLength": 255},
}
_PREFIX = "Block Device Mapping is Invalid: "


def schema(version: Version) -> Json:
    """Return the schema of ``block_device_mapping_v2`` in a microversion."""
    tagged = {"tag": TAG} if version == (2, 32) or version >= (2, 42) else {}
    typed = {"volume_type": {"type": ["string", "null"], "maxLength": 255}} if version >= (2, 67) else {}
    properties = {**_PROPERTIES, **tagged, **typed}
    return {
        "type": "array",
        "items": {"type": "object", "properties": properties, "additionalProperties": False},
    }


def parse(request: Request, given: list[Json], image_id: str, *, count: int) -> list[BlockDevice]:
    """Return the devices of ``block_device_mapping_v2``, or of the image alone, for each of ``count`` servers.

    Raise ApiError 400.
    """
    if not given:
        return [_device(source_type="image", destination_type="local", boot_index=0, source_id=image_id)]
    devices = [_parse_one(each, image_id) for each in given]
    indexes = sorted(device.boot_index for device in devices if device.boot_index is not None)
    if not indexes or indexes != list(range(len(indexes))):
        raise errors.bad_request(
            f"{_PREFIX}Boot sequence for the instance and image/block device mapping combination is not valid."
        )
    if count > 1 and any(device.source_type == "volume" for device in devices):
        raise errors.bad_request("Cannot attach one or more volumes to multiple instances")
    for device in devices:
        _check(request, device)
    return devices


def reserve(request: Request, server: Server) -> None:
    """Reserve the existing volumes for a server. Raise ApiError 400 after releasing those already reserved."""
    for device in server.devices:
        if device.source_type != "volume" or device.source_id is None:
            continue
        try:
            attachment = volumes.reserve(request.cloud, device.source_id, server_id=server.id)
        except volumes.VolumeError as error:
            release(request.cloud, server)
            raise errors.bad_request(unavailable(request, device.source_id, error.status)) from error
        device.volume_id, device.attachment_id = device.source_id, attachment.id


def release(cloud: ComputeCloud, server: Server) -> None:
    """Release the volumes that are reserved for a server."""
    for device in server.volumes:
        volumes.unreserve(cloud, device.volume_id or "")
        device.volume_id = device.attachment_id = None


def unavailable(request: Request, volume_id: str, status: str) -> str:
    """Return Nova's message, which quotes Cinder, for a volume that is not available."""
    return (
        f"Invalid volume: Invalid input received: Invalid volume: Volume {volume_id} status must be available or"
        f" downloading to reserve, but the current status is {status}. (HTTP 400)"
        f" (Request-ID: {request.request_id})"
    )


def make_volumes(cloud: ComputeCloud, server: Server) -> bool:
    """Begin to create the volumes of a server from an image, a snapshot or blank. Return whether there are any.

    Raise VolumeQuota or VolumeNotFound.
    """
    made = False
    for device in server.devices:
        if device.destination_type != "volume" or device.volume_id is not None:
            continue
        sources = {"image": {"image_id": device.source_id}, "snapshot": {"snapshot_id": device.source_id}}
        source: Json = sources.get(device.source_type, {})
        snapshot = cloud.volume.snapshots.get(device.source_id or "")
        size = device.volume_size or (snapshot.volume_size if snapshot else 1)
        volume = volumes.create(
            cloud,
            project_id=server.project_id,
            user_id=server.user_id,
            size=size,
            name=f"{server.id}-blank-vol" if device.source_type == "blank" else "",
            **source,
        )
        device.volume_id, device.volume_size, made = volume.id, size, True
    return made


def attach(cloud: ComputeCloud, server: Server) -> str | None:
    """Attach those of a server's volumes that are not attached yet. Return why that is impossible, or None."""
    name_devices(server)
    for device in server.volumes:
        volume = cloud.volume.volumes.get(device.volume_id or "")
        if volume is None or volume.status not in ("available", "reserved", "in-use"):
            status = volume.status if volume else "deleted"
            return (
                f"Build of instance {server.id} aborted: Volume {device.volume_id} did not finish being created even"
                f" after we waited 0 seconds or 1 attempts. And its status is {status}."
            )
        if volume.status != "in-use":
            attachment = volumes.attach(
                cloud,
                volume.id,
                server_id=server.id,
                device=device.device_name or "",
                host=server.host or "",
            )
            device.attachment_id = attachment.id
    return None


def name_devices(server: Server) -> None:
    """Name the devices that have no name yet: the root /dev/vda, each other the first free name."""
    for device in sorted(server.devices, key=lambda each: not each.is_root):
        if device.device_name is None:
            device.device_name = free_name(server)


def free_name(server: Server) -> str:
    """Return the first free device name of a server, as KVM with virtio assigns them."""
    taken = {device.device_name for device in server.devices}
    names = [f"/dev/vd{first}{second}" for first in ["", *string.ascii_lowercase] for second in string.ascii_lowercase]
    return next(name for name in names if name not in taken)


def _device(**known: Any) -> BlockDevice:
    return BlockDevice(id=new_uuid(), **known)


def _parse_one(given: Json, image_id: str) -> BlockDevice:
    source = given.get("source_type")
    if source is None:
        raise errors.bad_request(f"{_PREFIX}Some required fields are missing")
    source_id = given.get("uuid")
    if source == "blank" and source_id:
        raise errors.bad_request(f"{_PREFIX}Invalid device UUID.")
    if source != "blank" and not source_id:
        raise errors.bad_request(f"{_PREFIX}Missing device UUID.")
    index = given.get("boot_index")
    boot_index = None if index is None or int(index) < 0 else int(index)
    destination = given.get("destination_type") or ("local" if source in ("image", "blank") else "volume")
    if source == "image" and destination == "local" and not (image_id and boot_index == 0):
        raise errors.bad_request(f"{_PREFIX}Mapping image to local is not supported.")
    if given.get("volume_type") and (destination == "local" or source == "volume"):
        what = "destination_type=local" if destination == "local" else "existing volume"
        raise errors.bad_request(f"{_PREFIX}Specifying a volume_type with {what} is not supported.")
    size = given.get("volume_size")
    name = given.get("device_name")
    return _device(
        source_type=source,
        destination_type=destination,
        boot_index=boot_index,
        source_id=source_id,
        volume_size=None if size is None else int(size),
        volume_type=given.get("volume_type"),
        device_name=name if name is None or name.startswith("/dev/") else f"/dev/{name}",
        delete_on_termination=truth(given.get("delete_on_termination", False)),
        tag=given.get("tag"),
    )


def _check(request: Request, device: BlockDevice) -> None:
    """Reject a device whose source is not found or whose size is missing."""
    cloud, project_id, source_id = request.cloud, request.project_id, device.source_id or ""
    if device.source_type == "image":
        if images.find(cloud, project_id, source_id, is_admin=request.caller.is_admin) is None:
            raise errors.bad_request(f"{_PREFIX}failed to get image {source_id}.")
        if device.destination_type == "volume" and not device.volume_size:
            raise errors.bad_request("Images with destination_type 'volume' need to have a non-zero size specified")
    elif device.source_type == "volume":
        volume = volumes.find(cloud, project_id, source_id)
        if volume is None:
            raise errors.bad_request(f"{_PREFIX}failed to get volume {source_id}.")
        if device.is_root and not volume.bootable:
            raise errors.bad_request(f"Block Device {source_id} is not bootable.")
    elif device.source_type == "snapshot":
        snapshot = cloud.volume.snapshots.get(source_id)
        if snapshot is None or snapshot.project_id != project_id:
            raise errors.bad_request(f"Snapshot {source_id} could not be found.")
    elif device.destination_type == "volume" and not device.volume_size:
        raise errors.bad_request("Blank volumes (source: 'blank', dest: 'volume') need to have non-zero size")
