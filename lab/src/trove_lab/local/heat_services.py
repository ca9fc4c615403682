"""The process of Heat's services: heat-api and heat-engine.

Run as ``python -m trove_lab.local.heat_services``, never imported: importing Heat's command chooses threads for all of
oslo.service, which is how these services run. It ends as soon as its standard input is closed, which also
happens when the process that holds the other end is killed.
"""

# Chooses, so it must come before everything else.
import argparse
import logging
import os
import sys
import threading
import time
from typing import Any

import heat.cmd.engine  # noqa: F401 - imported for what it does  # isort: split
from cheroot import wsgi
from heat import version
from heat.common import (
    config,
    crypt,  # noqa: F401 - declares the option auth_encryption_key
    messaging,
)
from heat.engine import scheduler, template
from heat.rpc import api as rpc_api
from oslo_config import cfg
from oslo_log import log as oslo_log

from trove_lab.local import delivery, heat_database
from trove_lab.local.ready import say_ready

LOG = logging.getLogger("trove_lab.local.heat_services")

THREADS = 32
"""Requests heat-api answers at once."""
STEP = 0.1
"""Seconds, at least, between two looks at a resource, of an engine in a hurry."""
LOOKS = 10.0
"""Into how many parts such an engine divides the time it has waited: it learns of an end no more than one too late."""


def main() -> None:
    """Migrate the database, start both services, say so, and run until the standard input is closed."""
    arguments = _arguments()
    _configure(arguments)
    heat_database.prepare()
    if arguments.hurry:
        _hurry()
    _start_engine()
    server = wsgi.Server(("127.0.0.1", arguments.port), config.load_paste_app("heat-api"), numthreads=THREADS)
    threading.Thread(target=server.safe_start, name="heat-api", daemon=True).start()
    say_ready("127.0.0.1", arguments.port, arguments.ready_fd)
    sys.stdin.buffer.read()
    LOG.info("the lab has ended: so does Heat")
    logging.shutdown()
    # At once: nothing in it needs a farewell, and the engine's threads would wait for their stacks.
    os._exit(0)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config-file", required=True)
    parser.add_argument("--config-directory", required=True)
    parser.add_argument("--port", required=True, type=int)
    parser.add_argument("--ready-fd", required=True, type=int)
    parser.add_argument("--hurry", action="store_true")
    return parser.parse_args()


def _configure(arguments: argparse.Namespace) -> None:
    """Do what ``heat/cmd/engine.py`` and ``heat/api/openstack/wsgi.py`` do before they start their service."""
    oslo_log.register_options(cfg.CONF)
    files = ["--config-file", arguments.config_file, "--config-dir", arguments.config_directory]
    cfg.CONF(files, project="heat", prog="heat", version=version.version_info.version_string())
    oslo_log.setup(cfg.CONF, "heat")
    config.set_config_defaults()
    delivery.deliver_at_once()
    # Once: the API and the engine meet on this transport.
    messaging.setup()
    config.startup_sanity_check()


def _start_engine() -> None:
    """Start what the entry point ``heat-engine`` starts in a worker of its own."""
    # Reads the plug-ins of template formats, without which no stack can be parsed.
    template._get_template_extension_manager()  # noqa: SLF001 - as heat/cmd/engine.py does
    from heat.engine import service  # noqa: PLC0415 - reads the configuration when imported

    service.EngineService(cfg.CONF.host, rpc_api.ENGINE_TOPIC).start()


def _hurry() -> None:
    """Have the engine look at resources every tenth of a second, not every second; at what takes long less often.

    No option does it: the second stands in ``TaskRunner.__call__``. ``ENABLE_SLEEP`` is Heat's own switch, for its
    tests; it also leaves out the second that ``Stack._converge_create_or_update`` waits after each leaf of the graph.
    """
    scheduler.ENABLE_SLEEP = False

    def sleep(task: Any, seconds: float | None) -> None:
        now = time.monotonic()
        waited = now - vars(task).setdefault("_trove_lab_began", now)
        time.sleep(min(seconds or 0, max(STEP, waited / LOOKS)))

    scheduler.TaskRunner._sleep = sleep  # noqa: SLF001


if __name__ == "__main__":
    main()
