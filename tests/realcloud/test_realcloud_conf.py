"""The configuration of the services: what must be in it for the cloud to be what it says it is."""

import re
from configparser import RawConfigParser
from ipaddress import ip_address
from pathlib import Path

import pytest
import yaml
from realcloud.conf.write import choose, write
from realcloud.home import PORTS, Home
from realcloud.seeded import Seeded

SEEDED = Seeded(
    project_id="service-id",
    image_id="image-id",
    management_network_id="management-id",
    public_network_id="public-id",
    zone_id="zone-id",
    zone_name="db.example.test.",
)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home with as much of the services' environment as their configuration is made of."""
    home = Home(tmp_path)
    (home.environment / "lib" / "python3.11" / "site-packages").mkdir(parents=True)
    for project in ("nova", "designate"):
        home.installed(project).mkdir(parents=True)
        (home.installed(project) / "api-paste.ini").write_text("[composite:api]\n")
    write(home)
    return home


@pytest.fixture
def seeded(home: Home) -> Home:
    SEEDED.write(home)
    write(home)
    return home


def _read(home: Home, *names: str) -> RawConfigParser:
    conf = RawConfigParser()
    assert len(conf.read([home.configuration / name for name in names])) == len(names)
    return conf


def test_every_address_is_of_the_loopback_interface(seeded: Home) -> None:
    files = [each for each in seeded.configuration.rglob("*") if each.is_file()]
    found = {(each.name, said) for each in files for said in re.findall(r"\b(?:\d+\.){3}\d+\b", each.read_text())}
    assert len({name for name, _ in found}) > 10
    assert {(name, said) for name, said in found if not ip_address(said).is_loopback} == set()


def test_trove_is_configured_once_its_networks_are_there(home: Home) -> None:
    assert not home.trove_conf.exists()
    SEEDED.write(home)
    write(home)
    conf = _read(home, "trove/trove.conf")
    assert conf["DEFAULT"]["management_networks"] == "management-id"
    assert conf["network"]["public_network_id"] == "public-id"
    assert conf["DEFAULT"]["transport_url"] == f"rabbit://guest:guest@127.0.0.1:{PORTS['rabbitmq']}/"
    assert conf["database"]["connection"].endswith(f"@127.0.0.1:{PORTS['mariadb']}/trove?charset=utf8mb4")


def test_the_task_managers_are_told_apart_by_their_hosts(seeded: Home) -> None:
    hosts = {
        _read(seeded, "trove/trove.conf", f"trove/trove-taskmanager-{number}.conf")["DEFAULT"]["host"]
        for number in (1, 2)
    }
    assert hosts == {"127.0.0.1", "127.0.0.2"}


def test_a_compute_knows_no_database_and_shares_no_state(home: Home) -> None:
    computes = [_read(home, f"{host}/nova.conf") for host in ("compute1", "compute2")]
    assert not {"database", "api_database"} & {group for conf in computes for group in conf.sections()}
    assert {"database", "api_database"} <= set(_read(home, "nova/nova.conf").sections())
    for option in ("host", "state_path"):
        assert len({conf["DEFAULT"][option] for conf in computes}) == 2


def test_heat_can_adopt(home: Home) -> None:
    """With ``reauthentication_auth_method`` an adopted stack makes everything anew."""
    conf = _read(home, "heat/heat.conf")["DEFAULT"]
    assert (conf["enable_stack_adopt"], conf["enable_stack_abandon"]) == ("true", "true")
    assert "reauthentication_auth_method" not in conf
    assert conf["plugin_dirs"].endswith("site-packages/trove_resources_heat/plugin_dir")


@pytest.mark.parametrize("manager", ["native", "orchestrator", "migration"])
def test_the_manager_that_was_chosen_stays_chosen(seeded: Home, manager: str) -> None:
    choose(seeded, manager)
    write(seeded)
    conf = RawConfigParser()
    conf.read(seeded.drop_in)
    assert dict(conf["DEFAULT"]) == {
        "taskmanager_manager": "trove_resources.plugin.Manager",
        "resource_manager": manager,
    }


def test_stock_trove_knows_nothing_of_the_plug_in(seeded: Home) -> None:
    choose(seeded, "native")
    choose(seeded, "stock")
    conf = RawConfigParser()
    conf.read(seeded.drop_in)
    assert (conf.sections(), dict(conf["DEFAULT"])) == ([], {})


def test_the_clouds_of_the_tests_are_there(home: Home) -> None:
    clouds = yaml.safe_load(home.clouds_yaml.read_text())["clouds"]
    users = {name: (cloud["auth"]["username"], cloud["auth"]["project_name"]) for name, cloud in clouds.items()}
    assert users == {
        "admin": ("admin", "admin"),
        "demo": ("demo", "demo"),
        "alt": ("alt", "alt"),
        "service": ("trove", "service"),
    }
