"""How long the cloud of a demonstration takes."""

from collections.abc import Mapping

DURATIONS: Mapping[str, Mapping[str, float]] = {
    "none": {},
    "real": {"volume.create": 4.0, "server.build": 15.0, "server.resize": 12.0, "server.reboot": 6.0},
}
"""Durations of the cloud in seconds, by the name ``--durations`` takes; what is not named takes no time."""
