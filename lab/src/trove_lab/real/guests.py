"""The process of the guests on a cloud of real services.

Run as ``python -m trove_lab.real.guests``, with Trove's own configuration. It follows the hypervisors' journal,
connects to Trove's broker, and serves the control API on its port. It is ready when that answers. SIGTERM ends it at
once. Killing it does no harm either: the guests' disks are files, and a new process reads the journal from the
beginning.
"""

import argparse
import logging
import os
import signal
from pathlib import Path
from types import FrameType

from oslo_config import cfg
from oslo_log import log as oslo_log
from trove import rpc
from trove.common import cfg as trove_cfg

from trove_lab.local.guests.disks import Disks
from trove_lab.local.guests.endpoints import endpoints
from trove_lab.local.guests.events import Server
from trove_lab.local.guests.fleet import Fleet
from trove_lab.local.guests.guest import Guest
from trove_lab.real import knobs
from trove_lab.real.conductor import ThreadedConductor
from trove_lab.real.journal import JournalEvents


def main() -> None:
    """Run the guests and their control API until SIGTERM."""
    arguments = _arguments()
    signal.signal(signal.SIGTERM, _end)
    directories = ["--config-dir", arguments.config_dir] if arguments.config_dir else []
    trove_cfg.parse_args(["trove", "--config-file", arguments.config_file, *directories])
    oslo_log.setup(cfg.CONF, "trove")
    rpc.init(cfg.CONF)
    journal, disks = JournalEvents(arguments.journal), Disks(arguments.disks)
    behaviour = knobs.ControlledBehaviour(journal)

    def make(instance_id: str, server: Server) -> Guest:
        return Guest(
            instance_id,
            server,
            behaviour=behaviour,
            conductor=ThreadedConductor(instance_id),
            endpoints=endpoints,
            disk=disks.of(server.id),
            catch_up=fleet.catch_up,
        )

    fleet = Fleet(journal, make)
    fleet.start()
    knobs.server(behaviour, arguments.control_port).safe_start()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config-file", required=True, help="Trove's configuration file")
    parser.add_argument("--config-dir", help="the directory of Trove's drop-ins")
    parser.add_argument("--journal", required=True, type=Path, help="the file that the hypervisors append events to")
    parser.add_argument("--disks", required=True, type=Path, help="the directory for the guests' disks")
    parser.add_argument("--control-port", required=True, type=int, help="the port of the control API")
    return parser.parse_args()


def _end(_signal: int, _frame: FrameType | None) -> None:
    """End at once: guests that are configured to hang would block a clean shutdown."""
    logging.shutdown()
    os._exit(0)


if __name__ == "__main__":
    main()
