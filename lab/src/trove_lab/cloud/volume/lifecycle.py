"""Creating, extending and deleting volumes and snapshots: the asynchronous part, for requests and for Nova."""

from __future__ import annotations

from collections.abc import Callable

from trove_lab.cloud.image.state import Image
from trove_lab.cloud.volume.request import VolumeCloud
from trove_lab.cloud.volume.state import Snapshot, Volume

Later = Callable[[str, str, Callable[[], None], Callable[[], None]], None]
"""``Request.later``: key, operation, the function for success, the function for failure."""


def create(cloud: VolumeCloud, volume: Volume, later: Later, *, image: Image | None = None) -> Volume:
    """Add a volume that is ``creating`` and becomes ``available``, or ``error``.

    What it takes from its source (whether it is bootable, the image's metadata) is set only when it becomes available.
    """

    def finish() -> None:
        _inherit(cloud, volume, image)
        _become(cloud, volume, "available")

    cloud.volume.volumes.add(volume)
    later(volume.id, "volume.create", finish, lambda: _become(cloud, volume, "error"))
    return volume


def extend(cloud: VolumeCloud, volume: Volume, size: int, later: Later) -> None:
    """Extend a volume: ``extending``, then its previous status, or ``error_extending``."""
    before, volume.previous_status = volume.status, volume.status

    def finish() -> None:
        volume.size = size
        _become(cloud, volume, before)

    _become(cloud, volume, "extending")
    later(volume.id, "volume.extend", finish, lambda: _become(cloud, volume, "error_extending"))


def delete(cloud: VolumeCloud, volume: Volume, later: Later) -> None:
    """Delete a volume with its snapshots: ``deleting``, then removed, or ``error_deleting``."""

    def finish() -> None:
        for snapshot in cloud.volume.snapshots_of(volume.id):
            cloud.transitions.cancel(snapshot.id)
            cloud.volume.snapshots.remove(snapshot.id)
        cloud.volume.volumes.remove(volume.id)

    for snapshot in cloud.volume.snapshots_of(volume.id):
        _become(cloud, snapshot, "deleting")
    _become(cloud, volume, "deleting")
    later(volume.id, "volume.delete", finish, lambda: _become(cloud, volume, "error_deleting"))


def create_snapshot(cloud: VolumeCloud, snapshot: Snapshot, later: Later) -> Snapshot:
    """Add a snapshot that is ``creating`` and becomes ``available``, or ``error``."""
    cloud.volume.snapshots.add(snapshot)
    later(
        snapshot.id,
        "snapshot.create",
        lambda: _become(cloud, snapshot, "available"),
        lambda: _become(cloud, snapshot, "error"),
    )
    return snapshot


def delete_snapshot(cloud: VolumeCloud, snapshot: Snapshot, later: Later) -> None:
    """Delete a snapshot: ``deleting``, then removed, or ``error_deleting``."""
    _become(cloud, snapshot, "deleting")
    later(
        snapshot.id,
        "snapshot.delete",
        lambda: cloud.volume.snapshots.remove(snapshot.id),
        lambda: _become(cloud, snapshot, "error_deleting"),
    )


def _become(cloud: VolumeCloud, row: Volume | Snapshot, status: str) -> None:
    row.status = status
    row.updated_at = cloud.clock.now()


def _inherit(cloud: VolumeCloud, volume: Volume, image: Image | None) -> None:
    state = cloud.volume
    if image is not None:
        volume.bootable = True
        volume.image_metadata = _metadata_of(image)
        return
    snapshot = state.snapshots.get(volume.snapshot_id or "")
    source = state.volumes.get(snapshot.volume_id if snapshot else volume.source_volid or "")
    if source is not None:
        volume.bootable = source.bootable
        volume.image_metadata = dict(source.image_metadata)


def _metadata_of(image: Image) -> dict[str, str]:
    known = {
        "image_id": image.id,
        "image_name": image.name,
        "checksum": image.checksum,
        "container_format": image.container_format,
        "disk_format": image.disk_format,
        "min_disk": image.min_disk,
        "min_ram": image.min_ram,
        "size": image.size,
    }
    return {name: str(value) for name, value in {**image.properties, **known}.items() if value is not None}
