"""Cinder's driver: volumes that only have a size, and contain their image at once."""

from typing import Any

from cinder.tests import fake_driver


class VolumeDriver(fake_driver.FakeLoggingVolumeDriver):
    """Cinder's own fake driver, without the download of images by ``sudo`` and ``qemu-img``."""

    def clone_image(self, *_: Any) -> tuple[dict[str, Any], bool]:
        """Report that a new volume contains its image already."""
        return {}, True

    def copy_image_to_volume(self, *_: Any, disable_sparse: bool = False) -> None:
        """Do nothing: a volume has no content."""
