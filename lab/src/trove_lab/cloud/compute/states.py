"""The states of a server: ``vm_state``, ``task_state`` and ``power_state``, and the status derived from them.

Source: https://docs.openstack.org/nova/latest/reference/vm-states.html and exchanges with Nova 34.0.0.
"""

from collections.abc import Mapping

BUILDING = "building"
ACTIVE = "active"
STOPPED = "stopped"
PAUSED = "paused"
SUSPENDED = "suspended"
RESIZED = "resized"
ERROR = "error"
DELETED = "deleted"

NO_STATE, RUNNING, POWER_PAUSED, SHUTDOWN = 0, 1, 3, 4

_RESIZING = dict.fromkeys(("resize_prep", "resize_migrating", "resize_migrated", "resize_finish"), "RESIZE")
_REBUILDING = dict.fromkeys(("rebuilding", "rebuild_block_device_mapping", "rebuild_spawning"), "REBUILD")

STATUSES: Mapping[str, tuple[str, Mapping[str, str]]] = {
    BUILDING: ("BUILD", {}),
    ACTIVE: (
        "ACTIVE",
        {"rebooting": "REBOOT", "rebooting_hard": "HARD_REBOOT", "migrating": "MIGRATING", **_RESIZING, **_REBUILDING},
    ),
    STOPPED: ("SHUTOFF", {**_RESIZING, **_REBUILDING}),
    PAUSED: ("PAUSED", {"migrating": "MIGRATING"}),
    SUSPENDED: ("SUSPENDED", {}),
    RESIZED: ("VERIFY_RESIZE", {"resize_reverting": "REVERT_RESIZE"}),
    ERROR: ("ERROR", _REBUILDING),
    DELETED: ("DELETED", {}),
}
"""The status of each vm_state, and its statuses in some task_states."""

_NEVER_HERE = {"PASSWORD", "RESCUE", "SHELVED", "SHELVED_OFFLOADED", "SOFT_DELETED"}
KNOWN_STATUSES = _NEVER_HERE.union(*((usual, *special.values()) for usual, special in STATUSES.values()))
"""Every status that clients may filter by."""

WITH_PROGRESS = {"ACTIVE", "BUILD", "REBUILD", "RESIZE", "VERIFY_RESIZE", "MIGRATING"}
"""Statuses in which a server's view has ``progress``."""


def status(vm_state: str, task_state: str | None) -> str:
    """Return the status of a server."""
    usual, special = STATUSES[vm_state]
    return special.get(task_state or "", usual)
