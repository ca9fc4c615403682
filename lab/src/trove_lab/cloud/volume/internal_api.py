"""Nova's calls to Cinder in the same cloud, without HTTP."""

from __future__ import annotations

from collections.abc import Callable

from trove_lab.cloud.ids import new_uuid
from trove_lab.cloud.image import internal_api as images
from trove_lab.cloud.volume import lifecycle, quotas
from trove_lab.cloud.volume.lifecycle import Later
from trove_lab.cloud.volume.request import VolumeCloud
from trove_lab.cloud.volume.state import Attachment, Volume


class VolumeError(Exception):
    """A volume does not allow what Nova asks for."""

    def __init__(self, message: str, *, volume_id: str = "", status: str = "") -> None:
        super().__init__(message)
        self.volume_id = volume_id
        self.status = status


class VolumeNotFound(VolumeError):  # noqa: N818 - OpenStack's own name
    """The volume, snapshot or image is not found."""


class WrongState(VolumeError):  # noqa: N818 - not an error of the cloud
    """The volume's status does not allow it."""


class VolumeQuota(VolumeError):  # noqa: N818 - OpenStack's own name
    """The project's quota is exceeded."""


def find(cloud: VolumeCloud, project_id: str | None, volume_id: str, *, is_admin: bool = False) -> Volume | None:
    """Return a volume that a project may use, or None."""
    volume = cloud.volume.volumes.get(volume_id)
    return volume if volume and (is_admin or volume.project_id == project_id) else None


def create(
    cloud: VolumeCloud,
    *,
    project_id: str,
    size: int,
    name: str = "",
    description: str = "",
    user_id: str = "",
    image_id: str | None = None,
    snapshot_id: str | None = None,
    bootable: bool = False,
    fails: bool = False,
) -> Volume:
    """Begin to create a volume of ``size`` GiB. ``fails``: it will end in ``error``.

    Raise VolumeNotFound for an image or snapshot that is not the project's, and VolumeQuota.
    """
    image = images.find(cloud, project_id, image_id) if image_id else None
    snapshot = cloud.volume.snapshots.get(snapshot_id) if snapshot_id else None
    if (image_id and image is None) or (snapshot_id and (snapshot is None or snapshot.project_id != project_id)):
        raise VolumeNotFound(f"{'Image' if image_id else 'Snapshot'} {image_id or snapshot_id} could not be found.")
    try:
        quotas.check_volume(cloud.volume, project_id, size, cloud.volume.default_type.name)
    except quotas.QuotaExceededError as error:
        raise VolumeQuota(str(error)) from error
    volume = Volume(
        id=new_uuid(),
        project_id=project_id,
        user_id=user_id,
        size=size,
        volume_type_id=cloud.volume.default_type_id,
        created_at=cloud.clock.now(),
        name=name,
        description=description,
        snapshot_id=snapshot_id,
        bootable=bootable,
    )
    return lifecycle.create(cloud, volume, _later(cloud, fails=fails), image=image)


def reserve(cloud: VolumeCloud, volume_id: str, *, server_id: str | None = None) -> Attachment:
    """Reserve an ``available`` volume for a server: ``reserved``. Raise WrongState or VolumeNotFound."""
    volume = _get(cloud, volume_id)
    _require(volume, "available", "reserve")
    attachment = Attachment(id=new_uuid(), volume_id=volume.id, project_id=volume.project_id, server_id=server_id)
    volume.attachments.append(attachment)
    _become(cloud, volume, "reserved")
    return attachment


def unreserve(cloud: VolumeCloud, volume_id: str) -> None:
    """Undo ``reserve``, also of a volume that is attaching. Do nothing in any other status."""
    volume = cloud.volume.volumes.get(volume_id)
    if volume and volume.status in ("reserved", "attaching"):
        volume.attachments.clear()
        _become(cloud, volume, "available")


def attach(cloud: VolumeCloud, volume_id: str, *, server_id: str, device: str, host: str) -> Attachment:
    """Attach a volume: ``in-use``. Raise WrongState unless it is available, reserved or attaching."""
    volume = _get(cloud, volume_id)
    if volume.status == "available":
        reserve(cloud, volume_id, server_id=server_id)
    if volume.status not in ("reserved", "attaching"):
        _require(volume, "available", "attach")
    if not volume.attachments:  # reserved by os-reserve, which creates no attachment
        volume.attachments.append(
            Attachment(id=new_uuid(), volume_id=volume.id, project_id=volume.project_id, server_id=server_id)
        )
    attachment = volume.attachments[-1]
    attachment.server_id, attachment.device, attachment.host = server_id, device, host
    attachment.attach_status, attachment.mode, attachment.by_nova = "attached", "rw", True
    attachment.attached_at = cloud.clock.now()
    _become(cloud, volume, "in-use")
    return attachment


def connect(cloud: VolumeCloud, volume_id: str) -> None:
    """Connect a reserved volume: ``attaching``, until the attachment is completed. Do nothing in any other status."""
    volume = cloud.volume.volumes.get(volume_id)
    if volume and volume.status == "reserved":
        volume.attachments[-1].attach_status = "attaching"
        _become(cloud, volume, "attaching")


def begin_detaching(cloud: VolumeCloud, volume_id: str) -> None:
    """Announce that a volume will be detached: ``detaching``. Raise WrongState unless it is in use."""
    volume = _get(cloud, volume_id)
    _require(volume, "in-use", "begin detaching")
    _become(cloud, volume, "detaching")


def roll_detaching(cloud: VolumeCloud, volume_id: str) -> None:
    """Undo ``begin_detaching``."""
    volume = cloud.volume.volumes.get(volume_id)
    if volume and volume.status == "detaching":
        _become(cloud, volume, "in-use")


def detach(cloud: VolumeCloud, volume_id: str, server_id: str) -> None:
    """Detach a volume from a server: ``available``. Do nothing if it is not attached to it."""
    volume = cloud.volume.volumes.get(volume_id)
    if volume is None:
        return
    left = [each for each in volume.attachments if each.server_id != server_id]
    if len(left) == len(volume.attachments):
        return
    volume.attachments[:] = left
    if not left and volume.status in ("in-use", "detaching", "reserved", "attaching"):
        _become(cloud, volume, "available")


def rehost(cloud: VolumeCloud, volume_id: str, *, server_id: str, host: str) -> None:
    """Record that a volume's server is on another host now."""
    volume = cloud.volume.volumes.get(volume_id)
    for attachment in volume.attachments if volume else ():
        if attachment.server_id == server_id:
            attachment.host = host


def delete(cloud: VolumeCloud, volume_id: str, *, fails: bool = False) -> None:
    """Begin to delete the volume of a deleted server, if it exists. ``fails``: it will end in ``error_deleting``.

    Raise WrongState for a volume that is in use or has snapshots, which Cinder rejects.
    """
    volume = cloud.volume.volumes.get(volume_id)
    if volume is None:
        return
    if volume.status not in ("available", "error", "error_restoring", "error_extending", "error_managing"):
        _require(volume, "available", "delete")
    if cloud.volume.snapshots_of(volume.id):
        raise WrongState(f"volume {volume.id} has snapshots", volume_id=volume.id, status=volume.status)
    lifecycle.delete(cloud, volume, _later(cloud, fails=fails))


def _later(cloud: VolumeCloud, *, fails: bool) -> Later:
    def later(key: str, operation: str, finish: Callable[[], None], failed: Callable[[], None]) -> None:
        cloud.transitions.begin(key, operation, failed if fails else finish)

    return later


def _get(cloud: VolumeCloud, volume_id: str) -> Volume:
    volume = cloud.volume.volumes.get(volume_id)
    if volume is None:
        raise VolumeNotFound(f"Volume {volume_id} could not be found.", volume_id=volume_id)
    return volume


def _require(volume: Volume, wanted: str, what: str) -> None:
    if volume.status != wanted:
        message = f"cannot {what} volume {volume.id}: status must be {wanted} but current status is: {volume.status}"
        raise WrongState(message, volume_id=volume.id, status=volume.status)


def _become(cloud: VolumeCloud, volume: Volume, status: str) -> None:
    volume.status = status
    volume.updated_at = cloud.clock.now()
