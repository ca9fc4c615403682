"""The durations of the emulated cloud, and those that each task has to wait for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from trove_lab.demo.durations import DURATIONS


@dataclass(frozen=True, slots=True, kw_only=True)
class Duration:
    """A duration of the cloud in seconds, and the reason for this value."""

    seconds: float
    why: str


def _demo(operation: str, why: str) -> Duration:
    return Duration(seconds=DURATIONS["real"][operation], why=why)


CLOUD: Mapping[str, Duration] = {
    "volume.create": _demo(
        "volume.create", "as in `trove-lab demo --durations real`: an empty volume on a busy backend"
    ),
    "server.build": _demo("server.build", "as in the demo: schedule, copy a cached image, plug ports, start"),
    "server.resize": _demo("server.resize", "as in the demo: stop, copy the root disk, start"),
    "server.reboot": _demo("server.reboot", "as in the demo: a soft reboot"),
    "server.delete": Duration(
        seconds=4.0, why="shut down, unplug, clean up; without it, a delete would have nothing to wait for"
    ),
    "volume.extend": Duration(
        seconds=2.0, why="the backend's work; without it, an extend would have nothing to wait for"
    ),
    "volume.delete": Duration(seconds=1.0, why="thin volumes are deleted quickly"),
    "guest.boot": Duration(
        seconds=3.0, why="from the start of the server to that of the guest agent, mostly cloud-init"
    ),
    "guest.prepare": Duration(
        seconds=5.0, why="format and mount the volume, start the database's container, create users"
    ),
    "guest.stop": Duration(seconds=1.0, why="an idle database stops at once"),
    "guest.start": Duration(seconds=2.0, why="a small database without recovery"),
    "guest.resize_fs": Duration(seconds=1.0, why="extending a file system writes little"),
}
"""The durations that the benchmark sets. All others are 0: they would be the same for every manager, or depend on the
size of the data (``guest.backup``)."""

_CREATE = ("volume.create", "server.build", "guest.boot", "guest.prepare")
_DELETE = ("guest.stop", "server.delete", "volume.delete")
PATHS: Mapping[str, Sequence[str]] = {
    "create": _CREATE,
    "resize volume": ("guest.stop", "volume.extend", "guest.resize_fs", "guest.start"),
    "resize flavor": ("guest.stop", "server.resize", "guest.boot", "guest.start"),
    "reboot": ("guest.stop", "server.reboot", "guest.boot", "guest.start"),
    "change access": (),
    "add replica": ("guest.stop", "guest.start", *_CREATE),
    "delete replica": _DELETE,
    "delete": _DELETE,
}
"""The durations that each task has to wait for, one after another, on the shortest possible path.

Volumes are extended offline, because the lab's ``online_volume_resize`` is false. Trove restarts a source for its first
replica.
"""


def durations() -> dict[str, float]:
    """Return the durations for the cloud's control API."""
    return {operation: duration.seconds for operation, duration in CLOUD.items()}


def cloud_seconds(task: str) -> float:
    """Return the seconds that the cloud needs for a task. No manager can be faster if it waits for the end."""
    return sum(CLOUD[operation].seconds for operation in PATHS[task])
