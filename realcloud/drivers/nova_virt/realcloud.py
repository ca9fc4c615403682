"""The driver for ``compute_driver = realcloud.Driver``: Nova looks for drivers in its own package only."""

from realcloud_drivers.hypervisor import Driver

__all__ = ["Driver"]
