"""The process of Trove's services: trove-api, trove-conductor, trove-taskmanager, and the guests.

Run as ``python -m trove_lab.local.trove_services``. Do not import it: importing Trove's commands patches the standard
library for eventlet, which these services run on. The process ends when its standard input is closed, which also
happens when its parent is killed.
"""

# Importing trove.cmd patches the standard library, so it comes first.
import argparse
import logging
import os
import sys
import threading
from pathlib import Path

import trove.cmd  # noqa: F401 - imported for its side effect  # isort: split
from oslo_config import cfg
from oslo_log import log as oslo_log
from oslo_service import service as oslo_service
from trove.cmd.common import initialize
from trove.common import base_wsgi, notification, pastedeploy, profile
from trove.common import cfg as trove_cfg
from trove.common.rpc import conductor_host_serializer
from trove.common.rpc import service as rpc_service

from trove_lab.local import delivery, messages, trove_conf, trove_database
from trove_lab.local.control import Control
from trove_lab.local.guests.behaviour import CloudBehaviour
from trove_lab.local.guests.conductor import Conductor
from trove_lab.local.guests.disks import Disks
from trove_lab.local.guests.endpoints import endpoints
from trove_lab.local.guests.events import CloudEvents, Server
from trove_lab.local.guests.fleet import Fleet
from trove_lab.local.guests.guest import Guest
from trove_lab.local.ready import report_ready

LOG = logging.getLogger("trove_lab.local.trove_services")


def main() -> None:
    """Migrate the database, start everything, report readiness, and run until the standard input is closed."""
    arguments = _arguments()
    threading.Thread(target=_end_with_stdin, name="end-with-stdin", daemon=True).start()
    # Trove's commands parse sys.argv.
    sys.argv = ["trove", "--config-file", arguments.config_file, "--config-dir", arguments.config_directory]
    trove_cfg.parse_args(sys.argv)
    oslo_log.setup(cfg.CONF, "trove")
    trove_database.prepare(arguments.image_id, columns=not arguments.without_columns)
    conf = initialize()
    messages.behave_like_a_broker()
    delivery.deliver_at_once()
    launcher = _launch(conf)
    control = Control(arguments.cloud_url)
    disks = Disks(Path(arguments.config_file).with_name(trove_conf.GUESTS))
    fleet = Fleet(CloudEvents(control), lambda instance_id, server: _guest(control, disks, fleet, instance_id, server))
    fleet.start()
    report_ready(conf.bind_host, conf.bind_port, arguments.ready_fd)
    launcher.wait()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config-file", required=True)
    parser.add_argument("--config-directory", required=True)
    parser.add_argument("--cloud-url", required=True)
    parser.add_argument("--image-id", required=True)
    parser.add_argument("--ready-fd", required=True, type=int)
    parser.add_argument("--without-columns", action="store_true")
    return parser.parse_args()


def _launch(conf: cfg.ConfigOpts) -> oslo_service.ServiceLauncher:
    """Start the services of ``trove-api``, ``trove-conductor`` and ``trove-taskmanager``.

    ``trove/cmd/{api,conductor,taskmanager}.py`` do the same, each for one service in its own process.
    """
    from trove.conductor import api as conductor_api  # noqa: PLC0415 - reads the configuration on import
    from trove.instance import models  # noqa: PLC0415
    from trove.taskmanager import api as task_api  # noqa: PLC0415

    notification.DBaaSAPINotification.register_notify_callback(models.persist_instance_fault)
    trove_cfg.set_api_config_defaults()
    profile.setup_profiler("api", conf.host)
    application = pastedeploy.paste_deploy_app(conf.find_file(conf.api_paste_config), "trove", {})
    api = base_wsgi.Service(application, conf.bind_port, host=conf.bind_host)
    conductor = rpc_service.RpcService(
        key=None,
        manager=conf.conductor_manager,
        topic=conf.conductor_queue,
        rpc_api_version=conductor_api.API.API_LATEST_VERSION,
        secure_serializer=conductor_host_serializer.ConductorHostSerializer,
    )
    taskmanager = rpc_service.RpcService(
        key=None,
        manager=conf.taskmanager_manager,
        topic=conf.taskmanager_queue,
        rpc_api_version=task_api.API.API_LATEST_VERSION,
    )
    launcher = oslo_service.ServiceLauncher(conf)
    for each in (conductor, taskmanager, api):
        launcher.launch_service(each)
    return launcher


def _guest(control: Control, disks: Disks, fleet: Fleet, instance_id: str, server: Server) -> Guest:
    return Guest(
        instance_id,
        server,
        behaviour=CloudBehaviour(control),
        conductor=Conductor(instance_id),
        endpoints=endpoints,
        disk=disks.of(server.id),
        catch_up=fleet.catch_up,
    )


def _end_with_stdin() -> None:
    """End the process, without a clean shutdown, when the standard input is closed."""
    # Non-blocking: otherwise the patched read would block every green thread.
    os.set_blocking(sys.stdin.fileno(), False)
    while os.read(sys.stdin.fileno(), 1024):
        pass
    LOG.info("the lab has ended: Trove and the guests exit")
    logging.shutdown()
    os._exit(0)


if __name__ == "__main__":
    main()
