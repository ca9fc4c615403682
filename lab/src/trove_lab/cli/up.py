"""Start the cloud, Trove and Heat, and stay until Ctrl-C.

Everything listens on 127.0.0.1. Clients find the cloud through the clouds.yaml this writes into its directory, where
the configuration and the logs of Trove and Heat are too. Nothing outlasts the end: each start begins with an empty
cloud.
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

PORT = 15000
HIGHEST_PORT = 65533
GLANCE = 0.5
"""Seconds between two looks at whether Trove and Heat still run."""
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class _StopRequested(BaseException):
    """A signal asks the lab to end: like KeyboardInterrupt, no handler of errors should stop it."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the options of ``trove-lab up``."""
    parser.add_argument(
        "--manager",
        choices=choices(),
        default="stock",
        help="who manages the resources of instances: "
        + "; ".join(f"{name}: {manager.description}" for name, manager in MANAGERS.items())
        + " (default: stock)",
    )
    parser.add_argument(
        "--port",
        type=_port,
        default=PORT,
        metavar="N",
        help="the cloud's port; Trove's API takes the next, Heat's the one after; 0: any that are free "
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
    """Run a lab until a signal asks it to end; raise a LabError when it cannot start or a service dies."""
    for number in SIGNALS:
        signal.signal(number, _stop)
    directory = arguments.directory or default_directory()
    try:
        # It takes a second to import, which help and bad usage need not wait for.
        from trove_lab.local.lab import Lab  # noqa: PLC0415

        _say("starting the cloud, Trove and Heat ...")
        heat = Heat(plugin_dirs=[PLUGIN_DIR])
        with Lab(directory, manager=arguments.manager, port=arguments.port, heat=heat) as lab:
            _say(_instructions(lab))
            _stay(lab)
    except _StopRequested:
        _say("stopped")
    return 0


def _stay(lab: "Lab") -> None:
    never = threading.Event()
    while not never.wait(GLANCE):
        lab.check()


def _stop(_number: int, _frame: FrameType | None) -> None:
    # The first signal is enough, and must not be disturbed in its work by a second one.
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    raise _StopRequested


def _port(text: str) -> int:
    port = int(text) if text.isascii() and text.isdigit() else -1
    if not 0 <= port <= HIGHEST_PORT:
        raise argparse.ArgumentTypeError(f"{text!r} is no port from 0 to {HIGHEST_PORT}")
    return port


def _instructions(lab: "Lab") -> str:
    return f"""\
ready after {lab.seconds_to_start:.1f} s: the cloud at {lab.cloud_url}, Trove at {lab.trove_url}, Heat at {lab.heat_url}
logs and configuration: {lab.directory}

In another shell:

  export OS_CLIENT_CONFIG_FILE={lab.clouds_yaml}
  openstack --os-cloud demo database instance create db1 --flavor m1.small --size 5 \\
    --datastore mysql --datastore-version 8.4 --nic net-id={lab.surroundings.tenant_network_id}
  openstack --os-cloud demo database instance list
  openstack --os-cloud demo database instance show db1
  openstack --os-cloud demo database instance resize volume db1 7
  openstack --os-cloud demo database instance resize flavor db1 m1.medium
  openstack --os-cloud demo database instance restart db1
  openstack --os-cloud demo database instance delete db1
  openstack --os-cloud trove stack list

Clouds: admin, demo, alt, trove (the service's own). What the cloud holds: curl {lab.cloud_url}/_control/inventory
Ctrl-C ends everything."""


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - a command speaks
