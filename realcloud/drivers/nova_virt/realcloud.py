"""The driver under the name ``compute_driver = realcloud.Driver``: Nova looks for drivers in this package alone."""

from realcloud_drivers.hypervisor import Driver

__all__ = ["Driver"]
