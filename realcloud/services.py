"""The table of services: what each is run with, and how one sees that it takes requests."""

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
HASTY: Final = ("nova-conductor", "nova-scheduler", *(f"nova-{host}" for host in COMPUTES))
"""These end when Keystone or Placement do not answer yet."""
NEEDED_BY_THE_HASTY: Final = ("keystone", "placement")
TROVE: Final = ("trove-api", "trove-conductor", *TASK_MANAGERS, "guests")
RUN_FROM: Final[Mapping[str, Sequence[str]]] = {
    "trove-resources": tuple(TASK_MANAGERS),
    "trove-resources-heat": ("heat-engine",),
    "trove-lab": ("guests",),
    "realcloud-drivers": (*HASTY, "cinder-volume", "neutron-api", "neutron-rpc-server", "neutron-periodic-workers"),
}
"""The services that import each wheel of the project's."""
_THREADS: Final = 12
_ONE_AT_A_TIME: Final = ("keystone",)
"""APIs that only processes may serve side by side: Keystone 30 keeps the token of a request in its middleware
(``AuthContextMiddleware.token``), where another thread reads it, and lets somebody else in, or nobody."""
_WSGI: Final = Path(__file__).with_name("wsgi.py")
_BROKER: Final = Broker()


def table(home: Home) -> Mapping[str, Service]:
    """Return all services by name, in the order they are started."""
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
        # One scheduler that does not spin: the cores are for others.
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+sbwt none +S 1:1",
    }
    memcached = ["memcached", "-u", "root", "-l", HOST, "-p", str(PORTS["memcached"]), "-m", "64", "-t", "1"]
    return (
        _listens("mariadb", ["mariadbd", f"--defaults-file={etc}/mariadb/my.cnf"]),
        # RabbitMQ would start one that nobody ends.
        _listens("epmd", ["epmd", "-address", HOST, "-port", str(PORTS["epmd"])]),
        _listens("rabbitmq", [str(RABBITMQ)], rabbit),
        _listens("memcached", memcached),
        _listens("named", [str(home.name_server), "-g", "-n", "1", "-c", str(etc / "bind" / "named.conf")]),
    )


def _openstack(home: Home) -> Sequence[Service]:
    etc = home.configuration
    configured = partial(_daemon, home)
    faults = {"REALCLOUD_FAULTS": str(home.faults), "REALCLOUD_JOURNAL": str(home.journal)}
    return (
        _api(home, "keystone", "keystone.wsgi.api", {"OS_KEYSTONE_CONFIG_DIR": str(etc / "keystone")}, "/v3"),
        _api(home, "glance", "glance.wsgi.api", {"OS_GLANCE_CONFIG_DIR": str(etc / "glance")}),
        _api(home, "placement", "placement.wsgi.api", _found_at_home(home, "placement")),
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
        _api(home, "cinder-api", "cinder.wsgi.api", _found_at_home(home, "cinder")),
        configured("cinder-scheduler", "cinder/cinder.conf", queue="cinder-scheduler"),
        configured("cinder-volume", "cinder/cinder.conf", queue="cinder-volume", host=f"{NODE}@{BACKEND}"),
        _api(home, "designate-api", "designate.wsgi.api", {"OS_DESIGNATE_CONFIG_DIR": str(etc / "designate")}),
        *(
            configured(f"designate-{name}", "designate/designate.conf", queue=name)
            for name in ("central", "worker", "producer")
        ),
        configured("designate-mdns", "designate/designate.conf", is_ready=partial(_accepts, PORTS["designate-mdns"])),
        _api(home, "heat-api", "heat.wsgi.api", _found_at_home(home, "heat")),
        configured("heat-engine", "heat/heat.conf", queue="engine"),
    )


def _trove(home: Home) -> Sequence[Service]:
    drop_ins = ["--config-dir", str(home.drop_in.parent)]
    guests = ["-m", "trove_lab.real.guests", "--config-file", str(home.trove_conf), *drop_ins]
    guests += ["--journal", str(home.journal), "--disks", str(home.data / "guests")]
    guests += ["--control-port", str(PORTS["guests"])]
    return (
        _daemon(home, "trove-api", "trove/trove.conf", *drop_ins, is_ready=partial(_answers, "trove-api")),
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
            environment=_surroundings(),
            is_ready=partial(_accepts, PORTS["guests"]),
        ),
    )


def _listens(name: str, command: Sequence[str], environment: Mapping[str, str] | None = None) -> Service:
    return Service(name=name, command=command, environment=environment or {}, is_ready=partial(_accepts, PORTS[name]))


def _api(home: Home, name: str, module: str, environment: Mapping[str, str], path: str = "/") -> Service:
    # Not by its directory: its neighbours have names that others look for.
    threads = 1 if name in _ONE_AT_A_TIME else _THREADS
    command = [home.command("python"), "-P", str(_WSGI), module, str(PORTS[name]), str(threads)]
    ready = partial(_answers, name, path)
    return Service(name=name, command=command, environment={**_surroundings(), **environment}, is_ready=ready)


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
    """Return a service that is one of its project's commands; ``configuration`` are files, and other arguments.

    One that takes messages from a ``queue`` is ready when it does: from that of its ``host``, so nobody else is meant.
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
        environment={**_surroundings(), **(environment or {})},
        is_ready=partial(_BROKER.consumes, f"{queue}.{host}") if queue else is_ready,
    )


def _surroundings() -> Mapping[str, str]:
    """Return what all that is Python has. One arena for memory, or each thread keeps some of its own."""
    return {"PYTHONWARNINGS": "ignore", "PYTHONDONTWRITEBYTECODE": "", "MALLOC_ARENA_MAX": "2", "LANG": "C.UTF-8"}


def _found_at_home(home: Home, project: str) -> Mapping[str, str]:
    """Return how an API finds its configuration that has no variable for it: below its user's home."""
    return {"HOME": str(home.user_home(project))}


def _accepts(port: int) -> bool:
    try:
        socket.create_connection((HOST, port), 1).close()
    except OSError:
        return False
    return True


def _answers(name: str, path: str = "/") -> bool:
    try:
        urllib.request.urlopen(f"{url(name)}{path}", timeout=5).close()  # noqa: S310 - ours
    except urllib.error.HTTPError as error:
        error.close()
        return error.code < 500  # noqa: PLR2004 - it answers: that nobody is let in without a token is no failure
    except OSError:
        return False
    return True
