"""The configuration of the services."""

import re
from configparser import RawConfigParser
from ipaddress import ip_address
from pathlib import Path

import pytest
import yaml
from realcloud.conf.write import choose_manager, write
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
    """A home with the parts of the services' environment that their configuration is written from."""
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


def test_all_addresses_are_loopback_addresses(seeded: Home) -> None:
    files = [each for each in seeded.configuration.rglob("*") if each.is_file()]
    found = {(each.name, address) for each in files for address in re.findall(r"\b(?:\d+\.){3}\d+\b", each.read_text())}
    assert len({name for name, _ in found}) > 10
    assert {(name, address) for name, address in found if not ip_address(address).is_loopback} == set()


def test_trove_is_configured_once_its_networks_exist(home: Home) -> None:
    assert not home.trove_conf.exists()
    SEEDED.write(home)
    write(home)
    conf = _read(home, "trove/trove.conf")
    assert conf["DEFAULT"]["management_networks"] == "management-id"
    assert conf["network"]["public_network_id"] == "public-id"
    assert conf["DEFAULT"]["transport_url"] == f"rabbit://guest:guest@127.0.0.1:{PORTS['rabbitmq']}/"
    assert conf["database"]["connection"].endswith(f"@127.0.0.1:{PORTS['mariadb']}/trove?charset=utf8mb4")


def test_the_task_managers_have_different_hosts(seeded: Home) -> None:
    hosts = {
        _read(seeded, "trove/trove.conf", f"trove/trove-taskmanager-{number}.conf")["DEFAULT"]["host"]
        for number in (1, 2)
    }
    assert hosts == {"127.0.0.1", "127.0.0.2"}


def test_a_compute_has_no_database_and_shares_no_state(home: Home) -> None:
    computes = [_read(home, f"{host}/nova.conf") for host in ("compute1", "compute2")]
    assert not {"database", "api_database"} & {group for conf in computes for group in conf.sections()}
    assert {"database", "api_database"} <= set(_read(home, "nova/nova.conf").sections())
    for option in ("host", "state_path"):
        assert len({conf["DEFAULT"][option] for conf in computes}) == 2


def test_heat_can_adopt_stacks(home: Home) -> None:
    """With ``reauthentication_auth_method``, an adopted stack would recreate all resources."""
    conf = _read(home, "heat/heat.conf")["DEFAULT"]
    assert (conf["enable_stack_adopt"], conf["enable_stack_abandon"]) == ("true", "true")
    assert "reauthentication_auth_method" not in conf
    assert conf["plugin_dirs"].endswith("site-packages/trove_resources_heat/plugin_dir")


@pytest.mark.parametrize("manager", ["native", "orchestrator", "migration"])
def test_the_chosen_manager_stays_when_the_files_are_written_again(seeded: Home, manager: str) -> None:
    choose_manager(seeded, manager)
    write(seeded)
    conf = RawConfigParser()
    conf.read(seeded.drop_in)
    assert dict(conf["DEFAULT"]) == {
        "taskmanager_manager": "trove_resources.plugin.Manager",
        "resource_manager": manager,
    }


def test_stock_trove_has_no_options_of_the_plug_in(seeded: Home) -> None:
    choose_manager(seeded, "native")
    choose_manager(seeded, "stock")
    conf = RawConfigParser()
    conf.read(seeded.drop_in)
    assert (conf.sections(), dict(conf["DEFAULT"])) == ([], {})


def test_clouds_yaml_has_the_users_of_the_tests(home: Home) -> None:
    clouds = yaml.safe_load(home.clouds_yaml.read_text())["clouds"]
    users = {name: (cloud["auth"]["username"], cloud["auth"]["project_name"]) for name, cloud in clouds.items()}
    assert users == {
        "admin": ("admin", "admin"),
        "demo": ("demo", "demo"),
        "alt": ("alt", "alt"),
        "service": ("trove", "service"),
    }
