"""The process of the guests on a cloud of real services.

Run as ``python -m trove_lab.real.guests``, with Trove's own configuration. It follows the hypervisors' journal, reaches
Trove by its broker, and answers the control API on its port: once it does, it is ready. SIGTERM ends it at once, and
nothing else that ends it does harm: what is on the guests' disks is in files, and a new process reads the journal from
its beginning.
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
    """Follow, report and answer until a signal comes."""
    arguments = _arguments()
    signal.signal(signal.SIGTERM, _end)
    directories = ["--config-dir", arguments.config_dir] if arguments.config_dir else []
    trove_cfg.parse_args(["trove", "--config-file", arguments.config_file, *directories])
    oslo_log.setup(cfg.CONF, "trove")
    rpc.init(cfg.CONF)
    journal, disks = JournalEvents(arguments.journal), Disks(arguments.disks)
    told = knobs.Told(journal)

    def make(instance_id: str, server: Server) -> Guest:
        return Guest(
            instance_id,
            server,
            behaviour=told,
            conductor=ThreadedConductor(instance_id),
            endpoints=endpoints,
            disk=disks.of(server.id),
            catch_up=fleet.catch_up,
        )

    fleet = Fleet(journal, make)
    fleet.start()
    knobs.server(told, arguments.control_port).safe_start()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config-file", required=True, help="Trove's")
    parser.add_argument("--config-dir", help="Trove's drop-ins")
    parser.add_argument("--journal", required=True, type=Path, help="what the hypervisors write")
    parser.add_argument("--disks", required=True, type=Path, help="a directory for what is on the guests' disks")
    parser.add_argument("--control-port", required=True, type=int)
    return parser.parse_args()


def _end(_signal: int, _frame: FrameType | None) -> None:
    """End at once: guests may hang because they were told to, and nothing needs a farewell."""
    logging.shutdown()
    os._exit(0)


if __name__ == "__main__":
    main()
