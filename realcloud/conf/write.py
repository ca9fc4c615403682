"""Write all configuration files."""

import shutil
from collections.abc import Sequence
from pathlib import Path

import yaml

from realcloud.conf import cinder, designate, glance, heat, infrastructure, keystone, neutron, nova, placement, trove
from realcloud.home import AUTH_URL, DOMAIN, PASSWORD, REGION, Home
from realcloud.seeded import Seeded
from trove_lab.local import conf_file
from trove_lab.local.conf_file import Option

CLOUDS = {"admin": ("admin", "admin"), "demo": ("demo", "demo"), "alt": ("alt", "alt"), "service": ("trove", "service")}
"""The clouds of ``clouds.yaml``, each with its user and project."""


def write(home: Home) -> None:
    """Write all files except an existing drop-in. Trove's are written only after the cloud was seeded."""
    for directory in (home.configuration, home.logs, home.run, home.data):
        directory.mkdir(parents=True, exist_ok=True)
    _infrastructure(home)
    _service(home, "keystone", "keystone.conf", keystone.options(home))
    # The file name that Glance's API looks for.
    _service(home, "glance", "glance-api.conf", glance.options(home))
    _service(home, "placement", "placement.conf", placement.options(home))
    _service(home, "nova", "nova.conf", nova.options(home))
    for host in nova.COMPUTES:
        _service(home, host, "nova.conf", nova.compute_options(home, host))
        (home.data / "nova" / host).mkdir(parents=True, exist_ok=True)
    _service(home, "neutron", "neutron.conf", neutron.options(home))
    _service(home, "cinder", "cinder.conf", cinder.options(home))
    _service(home, "designate", "designate.conf", designate.options(home))
    _text(home, "designate/pools.yaml", designate.pools(home))
    _service(home, "heat", "heat.conf", heat.options(home))
    for name in ("nova", "designate"):
        # Their APIs look for it in their configuration directory.
        shutil.copy(home.installed(name) / "api-paste.ini", home.configuration / name)
    for name in ("placement", "cinder", "heat"):
        home.user_home(name).mkdir(parents=True, exist_ok=True)
        link = home.user_home(name) / f".{name}"
        link.unlink(missing_ok=True)
        link.symlink_to(home.configuration / name)
    home.clouds_yaml.write_text(yaml.safe_dump({"clouds": {name: _cloud(*who) for name, who in CLOUDS.items()}}))
    if seeded := Seeded.read(home):
        _trove(home, seeded)


def choose_manager(home: Home, manager: str) -> None:
    """Write the drop-in that selects the resource manager; for ``stock`` it is empty. Raises KeyError."""
    chosen = trove.drop_in(manager)
    home.drop_in.parent.mkdir(parents=True, exist_ok=True)
    home.drop_in.write_text(conf_file.render(chosen) if chosen else f"# {manager}: unmodified Trove\n")


def _infrastructure(home: Home) -> None:
    _text(home, "mariadb/my.cnf", infrastructure.mariadb(home))
    _text(home, "mariadb/init.sql", infrastructure.mariadb_account())
    _text(home, "rabbitmq/rabbitmq.conf", infrastructure.rabbitmq())
    _text(home, "rabbitmq/advanced.config", infrastructure.rabbitmq_advanced())
    _text(home, "rabbitmq/enabled_plugins", "[].\n")
    _text(home, "bind/named.conf", infrastructure.named(home))
    _text(home, "bind/rndc.conf", infrastructure.rndc(home))
    for name in ("bind", "rabbitmq", "keystone", "glance", "neutron", "cinder", "designate", "heat", "trove"):
        (home.data / name).mkdir(exist_ok=True)


def _trove(home: Home, seeded: Seeded) -> None:
    _service(home, "trove", "trove.conf", trove.options(home, seeded))
    _service(home, "trove", "trove-guestagent.conf", trove.guest_options())
    for name, host in trove.TASK_MANAGERS.items():
        _text(home, f"trove/{name}.conf", conf_file.render(trove.host_options(host)))
    if not home.drop_in.exists():
        choose_manager(home, "stock")


def _service(home: Home, directory: str, name: str, options: Sequence[Option]) -> None:
    _text(home, f"{directory}/{name}", conf_file.render_commented(options))


def _text(home: Home, name: str, text: str) -> None:
    path = home.configuration / Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def _cloud(user: str, project: str) -> dict[str, object]:
    auth = {
        "auth_url": AUTH_URL,
        "username": user,
        "password": PASSWORD,
        "project_name": project,
        "user_domain_name": DOMAIN,
        "project_domain_name": DOMAIN,
    }
    return {"region_name": REGION, "auth": auth}
