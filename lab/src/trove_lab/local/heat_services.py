"""The process of Heat's services: heat-api and heat-engine.

Run as ``python -m trove_lab.local.heat_services``. Do not import it: importing Heat's command selects the threading
backend of oslo.service. The process ends when its standard input is closed, which also happens when its parent is
killed.
"""

# Importing heat.cmd.engine selects the backend of oslo.service, so it comes first.
import argparse
import logging
import os
import sys
import threading
import time
from typing import Any

import heat.cmd.engine  # noqa: F401 - imported for its side effect  # isort: split
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
from trove_lab.local.ready import report_ready

LOG = logging.getLogger("trove_lab.local.heat_services")

THREADS = 32
"""Threads of heat-api."""
STEP = 0.1
"""The shortest poll interval of an engine in a hurry, in seconds."""
LOOKS = 10.0
"""The time waited so far is divided by this for the poll interval: the longer the wait, the longer the interval."""


def main() -> None:
    """Migrate the database, start both services, report readiness, and run until the standard input is closed."""
    arguments = _arguments()
    _configure(arguments)
    heat_database.prepare()
    if arguments.hurry:
        _hurry()
    server = wsgi.Server(("127.0.0.1", arguments.port), config.load_paste_app("heat-api"), numthreads=THREADS)
    # Bind the port before the engine's threads start: if it is in use, the process ends here.
    server.prepare()
    _start_engine()
    threading.Thread(target=server.serve, name="heat-api", daemon=True).start()
    report_ready("127.0.0.1", arguments.port, arguments.ready_fd)
    sys.stdin.buffer.read()
    LOG.info("the lab has ended: Heat exits")
    logging.shutdown()
    # Without a clean shutdown: the engine's threads would wait for their stacks.
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
    """Configure the process as ``heat/cmd/engine.py`` and ``heat/api/openstack/wsgi.py`` do."""
    oslo_log.register_options(cfg.CONF)
    files = ["--config-file", arguments.config_file, "--config-dir", arguments.config_directory]
    cfg.CONF(files, project="heat", prog="heat", version=version.version_info.version_string())
    oslo_log.setup(cfg.CONF, "heat")
    config.set_config_defaults()
    delivery.deliver_at_once()
    # Once: the API and the engine share this transport.
    messaging.setup()
    config.startup_sanity_check()


def _start_engine() -> None:
    """Start the engine service, which ``heat-engine`` starts in a worker process."""
    # Loads the plug-ins for template formats, without which no template can be parsed.
    template._get_template_extension_manager()  # noqa: SLF001 - as heat/cmd/engine.py does
    from heat.engine import service  # noqa: PLC0415 - reads the configuration on import

    service.EngineService(cfg.CONF.host, rpc_api.ENGINE_TOPIC).start()


def _hurry() -> None:
    """Have the engine poll resources every tenth of a second instead of every second, and less often in long waits.

    There is no option for it: the second is hard-coded in ``TaskRunner.__call__``. ``ENABLE_SLEEP`` is Heat's own
    switch for its tests. It also skips the second that ``Stack._converge_create_or_update`` waits after each leaf of
    the graph.
    """
    scheduler.ENABLE_SLEEP = False

    def sleep(task: Any, seconds: float | None) -> None:
        now = time.monotonic()
        waited = now - vars(task).setdefault("_trove_lab_began", now)
        time.sleep(min(seconds or 0, max(STEP, waited / LOOKS)))

    scheduler.TaskRunner._sleep = sleep  # noqa: SLF001


if __name__ == "__main__":
    main()
