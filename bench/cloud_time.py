"""How long the emulated cloud takes, and how much of it each task has to pass through."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from trove_lab.demo.durations import DURATIONS


@dataclass(frozen=True, slots=True, kw_only=True)
class Duration:
    """A duration of the cloud, in seconds, and why it is that long."""

    seconds: float
    why: str


def _demo(operation: str, why: str) -> Duration:
    return Duration(seconds=DURATIONS["real"][operation], why=why)


CLOUD: Mapping[str, Duration] = {
    "volume.create": _demo(
        "volume.create", "as in `trove-lab demo --durations real`: an empty volume on a busy backend"
    ),
    "server.build": _demo("server.build", "as there: schedule, copy a cached image, plug ports, start"),
    "server.resize": _demo("server.resize", "as there: stop, copy the root disk, start"),
    "server.reboot": _demo("server.reboot", "as there: a soft reboot"),
    "server.delete": Duration(seconds=4.0, why="shut down, unplug, clean up; else a delete has nothing to wait for"),
    "volume.extend": Duration(seconds=2.0, why="the backend's work; else a growth has nothing to wait for"),
    "volume.delete": Duration(seconds=1.0, why="thin volumes go quickly"),
    "guest.boot": Duration(seconds=3.0, why="from the server's start to the guest agent's; cloud-init is most of it"),
    "guest.prepare": Duration(seconds=5.0, why="format and mount the volume, start the database's container, users"),
    "guest.stop": Duration(seconds=1.0, why="an idle database stops at once"),
    "guest.start": Duration(seconds=2.0, why="a small database without recovery"),
    "guest.resize_fs": Duration(seconds=1.0, why="growing a file system writes little"),
}
"""What the benchmark sets. What is not named takes no time: it would be the same for every manager, or depends on
the size of the data (``guest.backup``)."""

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
"""What a task must pass through, one after the other, on the shortest way there is.

A volume does not grow in use: the lab's ``online_volume_resize`` is false. A source is restarted for its first replica.
"""


def durations() -> dict[str, float]:
    """Return what is told to the cloud's control API."""
    return {operation: duration.seconds for operation, duration in CLOUD.items()}


def cloud_seconds(task: str) -> float:
    """Return the cloud's own time for a task; none can be shorter that ends when everything is done."""
    return sum(CLOUD[operation].seconds for operation in PATHS[task])
