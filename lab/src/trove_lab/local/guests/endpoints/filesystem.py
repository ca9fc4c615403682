"""The file system on the data volume."""

from typing import Any

from trove_lab.local.guests.endpoints.endpoint import Endpoint, Json

USED = 0.1
"""The size of an empty database in GB."""
BLOCK = 4096
GIGABYTE = 1024**3


class Filesystem(Endpoint):
    """The size, growth and mounts of the file system."""

    def get_filesystem_stats(self, _context: Any, fs_path: str | None) -> Json:
        """Return sizes in GB and in blocks, as ``guestagent_utils.get_filesystem_volume_stats`` does."""
        del fs_path
        total = float(self._guest.database.size)
        blocks, used = int(total * GIGABYTE / BLOCK), int(USED * GIGABYTE / BLOCK)
        return {
            "block_size": BLOCK,
            "total_blocks": blocks,
            "free_blocks": blocks - used,
            "avail_blocks": blocks - used,
            "total": total,
            "free": total - USED,
            "used": USED,
            "mgr_extra_info": {},
        }

    def resize_fs(
        self,
        _context: Any,
        device_path: str | None = None,
        mount_point: str | None = None,
        online: bool = False,  # noqa: FBT001, FBT002 - Trove's signature
    ) -> None:
        """Grow the file system to the size of the volume."""
        del device_path, mount_point, online
        self._guest.take("resize_fs")
        self._guest.database.size = self._guest.behaviour.volume_size(self._guest.instance_id, self._guest.server)

    def mount_volume(
        self,
        _context: Any,
        device_path: str | None = None,
        mount_point: str | None = None,
        write_to_fstab: bool = False,  # noqa: FBT001, FBT002 - Trove's signature
    ) -> None:
        """Mount the data volume."""
        del device_path, mount_point, write_to_fstab
        self._guest.mount()

    def unmount_volume(self, _context: Any, device_path: str | None = None, mount_point: str | None = None) -> None:
        """Unmount the data volume."""
        del device_path, mount_point
        self._guest.unmount()
