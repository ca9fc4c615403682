"""Cinder's driver: volumes that only have a size, and images that are on them at once."""

from typing import Any

from cinder.tests import fake_driver


class VolumeDriver(fake_driver.FakeLoggingVolumeDriver):
    """Cinder's own for its tests, which would fetch an image with ``sudo`` and ``qemu-img`` to write it nowhere."""

    def clone_image(self, *_: Any) -> tuple[dict[str, Any], bool]:
        """Say that a new volume has its image."""
        return {}, True

    def copy_image_to_volume(self, *_: Any, disable_sparse: bool = False) -> None:
        """Let a volume have another image."""
