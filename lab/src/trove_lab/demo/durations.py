"""How long the demo's cloud takes for its operations."""

from collections.abc import Mapping

DURATIONS: Mapping[str, Mapping[str, float]] = {
    "none": {},
    "real": {"volume.create": 4.0, "server.build": 15.0, "server.resize": 12.0, "server.reboot": 6.0},
}
"""Durations of the cloud's operations in seconds, by the choices of ``--durations``. Other operations take no time."""
