"""The table of services: how to run each one, and how to check that it accepts requests."""

import os
import socket
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Final

from realcloud.broker import Broker
from realcloud.conf.cinder import BACKEND
from realcloud.conf.common import NODE
from realcloud.conf.nova import COMPUTES
from realcloud.conf.trove import TASK_MANAGERS
from realcloud.home import HOST, PORTS, Home, url
from realcloud.machine import RABBITMQ
from realcloud.processes import Service

INFRASTRUCTURE: Final = ("mariadb", "epmd", "rabbitmq", "memcached", "named")
DEPENDENT: Final = ("nova-conductor", "nova-scheduler", *(f"nova-{host}" for host in COMPUTES))
"""Services that exit at startup if Keystone or Placement does not respond."""
DEPENDED_ON: Final = ("keystone", "placement")
TROVE: Final = ("trove-api", "trove-conductor", *TASK_MANAGERS, "guests")
RUN_FROM: Final[Mapping[str, Sequence[str]]] = {
    "trove-resources": tuple(TASK_MANAGERS),
    "trove-resources-heat": ("heat-engine",),
    "trove-lab": ("guests",),
    "realcloud-drivers": (*DEPENDENT, "cinder-volume", "neutron-api", "neutron-rpc-server", "neutron-periodic-workers"),
}
"""The services that run from each of the project's wheels."""
_THREADS: Final = 12
_SINGLE_THREADED: Final = ("keystone",)
"""APIs that are not thread-safe. Keystone 30 stores the token of a request in its middleware
(``AuthContextMiddleware.token``). Another thread reads it there, and so authenticates the wrong user, or none."""
_WSGI: Final = Path(__file__).with_name("wsgi.py")
_BROKER: Final = Broker()


def table(home: Home) -> Mapping[str, Service]:
    """Return all services by name, in the order in which they start."""
    services = (*_infrastructure(home), *_openstack(home), *_trove(home))
    return {service.name: service for service in services}


def _infrastructure(home: Home) -> Sequence[Service]:
    etc = home.configuration
    rabbit = {
        "HOME": str(home.data / "rabbitmq"),
        "RABBITMQ_NODENAME": "realcloud@localhost",
        "RABBITMQ_CONFIG_FILE": str(etc / "rabbitmq" / "rabbitmq"),
        "RABBITMQ_ADVANCED_CONFIG_FILE": str(etc / "rabbitmq" / "advanced.config"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(etc / "rabbitmq" / "enabled_plugins"),
        "RABBITMQ_CONF_ENV_FILE": os.devnull,
        "RABBITMQ_MNESIA_BASE": str(home.data / "rabbitmq"),
        "RABBITMQ_LOG_BASE": str(home.logs),
        "RABBITMQ_LOGS": "-",
        "RABBITMQ_PID_FILE": str(home.run / "rabbitmq-own.pid"),
        "RABBITMQ_DIST_PORT": str(PORTS["rabbitmq-dist"]),
        "ERL_EPMD_PORT": str(PORTS["epmd"]),
        "ERL_EPMD_ADDRESS": HOST,
        # One scheduler without busy waiting: leave the cores to the other services.
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+sbwt none +S 1:1",
    }
    memcached = ["memcached", "-u", "root", "-l", HOST, "-p", str(PORTS["memcached"]), "-m", "64", "-t", "1"]
    return (
        _listener("mariadb", ["mariadbd", f"--defaults-file={etc}/mariadb/my.cnf"]),
        # Without it, RabbitMQ would start one that nothing stops.
        _listener("epmd", ["epmd", "-address", HOST, "-port", str(PORTS["epmd"])]),
        _listener("rabbitmq", [str(RABBITMQ)], rabbit),
        _listener("memcached", memcached),
        _listener("named", [str(home.name_server), "-g", "-n", "1", "-c", str(etc / "bind" / "named.conf")]),
    )


def _openstack(home: Home) -> Sequence[Service]:
    etc = home.configuration
    configured = partial(_daemon, home)
    faults = {"REALCLOUD_FAULTS": str(home.faults), "REALCLOUD_SERVER_EVENTS": str(home.server_events)}
    return (
        _api(home, "keystone", "keystone.wsgi.api", {"OS_KEYSTONE_CONFIG_DIR": str(etc / "keystone")}, "/v3"),
        _api(home, "glance", "glance.wsgi.api", {"OS_GLANCE_CONFIG_DIR": str(etc / "glance")}),
        _api(home, "placement", "placement.wsgi.api", _in_home(home, "placement")),
        _api(home, "nova-api", "nova.wsgi.osapi_compute", {"OS_NOVA_CONFIG_DIR": str(etc / "nova")}),
        configured("nova-conductor", "nova/nova.conf", queue="conductor"),
        configured("nova-scheduler", "nova/nova.conf", queue="scheduler"),
        *(
            configured(
                "nova-compute",
                f"{host}/nova.conf",
                name=f"nova-{host}",
                environment=faults,
                queue="compute",
                host=host,
            )
            for host in COMPUTES
        ),
        _api(
            home,
            "neutron-api",
            "neutron.wsgi.api",
            {"OS_NEUTRON_CONFIG_FILES": str(etc / "neutron" / "neutron.conf"), **faults},
        ),
        configured("neutron-rpc-server", "neutron/neutron.conf", environment=faults, queue="q-plugin"),
        configured("neutron-periodic-workers", "neutron/neutron.conf", environment=faults),
        _api(home, "cinder-api", "cinder.wsgi.api", _in_home(home, "cinder")),
        configured("cinder-scheduler", "cinder/cinder.conf", queue="cinder-scheduler"),
        configured("cinder-volume", "cinder/cinder.conf", queue="cinder-volume", host=f"{NODE}@{BACKEND}"),
        _api(home, "designate-api", "designate.wsgi.api", {"OS_DESIGNATE_CONFIG_DIR": str(etc / "designate")}),
        *(
            configured(f"designate-{name}", "designate/designate.conf", queue=name)
            for name in ("central", "worker", "producer")
        ),
        configured("designate-mdns", "designate/designate.conf", is_ready=partial(_port_open, PORTS["designate-mdns"])),
        _api(home, "heat-api", "heat.wsgi.api", _in_home(home, "heat")),
        configured("heat-engine", "heat/heat.conf", queue="engine"),
    )


def _trove(home: Home) -> Sequence[Service]:
    drop_ins = ["--config-dir", str(home.drop_in.parent)]
    guests = ["-m", "trove_lab.real.guests", "--config-file", str(home.trove_conf), *drop_ins]
    guests += ["--journal", str(home.server_events), "--disks", str(home.data / "guests")]
    guests += ["--control-port", str(PORTS["guests"])]
    return (
        _daemon(home, "trove-api", "trove/trove.conf", *drop_ins, is_ready=partial(_responds, "trove-api")),
        _daemon(home, "trove-conductor", "trove/trove.conf", *drop_ins, queue="trove-conductor", host=HOST),
        *(
            _daemon(
                home,
                "trove-taskmanager",
                *("trove/trove.conf", f"trove/{name}.conf", *drop_ins),
                name=name,
                queue="taskmanager",
                host=host,
            )
            for name, host in TASK_MANAGERS.items()
        ),
        Service(
            name="guests",
            command=[home.command("python"), *guests],
            environment=_python_environment(),
            is_ready=partial(_port_open, PORTS["guests"]),
        ),
    )


def _listener(name: str, command: Sequence[str], environment: Mapping[str, str] | None = None) -> Service:
    return Service(name=name, command=command, environment=environment or {}, is_ready=partial(_port_open, PORTS[name]))


def _api(home: Home, name: str, module: str, environment: Mapping[str, str], path: str = "/") -> Service:
    # -P keeps this directory off sys.path: its modules would shadow others of the same name.
    threads = 1 if name in _SINGLE_THREADED else _THREADS
    command = [home.command("python"), "-P", str(_WSGI), module, str(PORTS[name]), str(threads)]
    ready = partial(_responds, name, path)
    return Service(name=name, command=command, environment={**_python_environment(), **environment}, is_ready=ready)


def _daemon(
    home: Home,
    command: str,
    *configuration: str,
    name: str | None = None,
    environment: Mapping[str, str] | None = None,
    queue: str | None = None,
    host: str = NODE,
    is_ready: Callable[[], bool] = lambda: True,
) -> Service:
    """Return a service that is a command of its project. ``configuration`` has files and other arguments.

    A service with a ``queue`` is ready once it consumes that queue of its ``host``, which no other process does.
    """
    arguments = [home.command(command)]
    for each in configuration:
        if each.endswith(".conf"):
            arguments += ["--config-file", str(home.configuration / each)]
        else:
            arguments.append(each)
    return Service(
        name=name or command,
        command=arguments,
        environment={**_python_environment(), **(environment or {})},
        is_ready=partial(_BROKER.has_consumer, f"{queue}.{host}") if queue else is_ready,
    )


def _python_environment() -> Mapping[str, str]:
    """Return the environment of Python services. Few malloc arenas save memory: each thread would get its own."""
    return {"PYTHONWARNINGS": "ignore", "PYTHONDONTWRITEBYTECODE": "", "MALLOC_ARENA_MAX": "2", "LANG": "C.UTF-8"}


def _in_home(home: Home, project: str) -> Mapping[str, str]:
    """Return the environment of an API that finds its configuration only below its user's home directory."""
    return {"HOME": str(home.user_home(project))}


def _port_open(port: int) -> bool:
    try:
        socket.create_connection((HOST, port), 1).close()
    except OSError:
        return False
    return True


def _responds(name: str, path: str = "/") -> bool:
    try:
        urllib.request.urlopen(f"{url(name)}{path}", timeout=5).close()  # noqa: S310 - our own URL
    except urllib.error.HTTPError as error:
        error.close()
        return error.code < 500  # noqa: PLR2004 - a 401 is a response, too
    except OSError:
        return False
    return True
