"""Start an emulated cloud with Trove and Heat, print commands to try, and run until Ctrl-C.

Everything listens on 127.0.0.1. The directory holds clouds.yaml for the clients, and the configuration and logs of
Trove and Heat. Nothing is kept: each start begins with an empty cloud.
"""

import argparse
import signal
import threading
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from trove_lab.local.directory import default_directory
from trove_lab.local.heat_conf import Heat
from trove_lab.local.managers import MANAGERS, choices
from trove_resources_heat import PLUGIN_DIR

if TYPE_CHECKING:
    from trove_lab.local.lab import Lab

MANAGER = "native"
"""The plug-in is what a newcomer wants to try, and this manager of it needs no Heat."""
PORT = 15000
HIGHEST_PORT = 65533
CHECK_INTERVAL = 0.5
"""Seconds between two checks that Trove and Heat are still running."""
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class _StopRequested(BaseException):
    """A signal asks the lab to stop. Like KeyboardInterrupt, it is not caught by handlers of Exception."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``trove-lab up`` to its parser."""
    parser.add_argument(
        "--manager",
        choices=choices(),
        default=MANAGER,
        help="the resource manager of Trove: "
        + "; ".join(f"{name}: {manager.description}" for name, manager in MANAGERS.items())
        + f" (default: {MANAGER})",
    )
    parser.add_argument(
        "--port",
        type=_port,
        default=PORT,
        metavar="N",
        help="port of the cloud; Trove's API uses the next one, Heat's the one after; 0 chooses free ports "
        f"(default: {PORT})",
    )
    parser.add_argument(
        "--directory",
        type=Path,
        default=None,
        metavar="DIR",
        help=f"for clouds.yaml, configuration and logs (default: {default_directory()})",
    )


def run(arguments: argparse.Namespace) -> int:
    """Run a lab until a signal stops it. Raises LabError when it cannot start or a service dies."""
    for number in SIGNALS:
        signal.signal(number, _stop)
    directory = arguments.directory or default_directory()
    try:
        # Importing it takes a second: help and usage errors must not wait for that.
        from trove_lab.cli.instructions import instructions  # noqa: PLC0415
        from trove_lab.local.lab import Lab  # noqa: PLC0415

        _say("Starting the cloud, Trove and Heat ...")
        heat = Heat(plugin_dirs=[PLUGIN_DIR])
        with Lab(directory, manager=arguments.manager, port=arguments.port, heat=heat) as lab:
            _say(instructions(lab))
            _stay(lab)
    except _StopRequested:
        _say("Stopped.")
    return 0


def _stay(lab: "Lab") -> None:
    never = threading.Event()
    while not never.wait(CHECK_INTERVAL):
        lab.check()


def _stop(_number: int, _frame: FrameType | None) -> None:
    # A second signal must not interrupt the clean-up that the first one starts.
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    raise _StopRequested


def _port(text: str) -> int:
    port = int(text) if text.isascii() and text.isdigit() else -1
    if not 0 <= port <= HIGHEST_PORT:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port number from 0 to {HIGHEST_PORT}")
    return port


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - a command prints
