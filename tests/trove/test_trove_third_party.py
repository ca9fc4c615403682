"""A third party's resource manager, installed as a separate distribution, manages an instance of Trove."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

import pytest
from deployment import Deployment, Open

TOY = Path(__file__).parents[1] / "toy_manager"
OPTIONS = {
    "DEFAULT": {
        "management_networks": "",
        "trove_security_groups_support": "false",
        "trove_dns_support": "false",
    },
    "network": {"network_isolation": "false"},
    "mysql": {"volume_support": "false"},
    "trove_resources": {"toy_name_prefix": "db-"},
}
"""Trove requests nothing that the manager does not create, and the manager's own option is set."""
FLAVORS = {"local.small": 1024, "local.medium": 2048}
"""Flavors with a disk for the data, and their memory in MiB. Without volumes, Trove requires that disk."""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the directory into which only the distribution is installed."""
    source = tmp_path_factory.mktemp("source") / TOY.name
    shutil.copytree(TOY, source, ignore=shutil.ignore_patterns("__pycache__", "tests"))
    target = tmp_path_factory.mktemp("installed")
    options = ("--quiet", "--offline", "--no-deps", "--no-build-isolation", "--python", sys.executable)
    uv = Path(sys.executable).with_name("uv")
    subprocess.run([uv, "pip", "install", *options, "--target", target, source], check=True)  # noqa: S603 - ours
    return target


@pytest.fixture(scope="module")
def toy(installed: Path, open_lab: Open) -> Iterator[Deployment]:
    """Trove with the third party's manager, which it finds by its entry point."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join(filter(None, [str(installed), os.environ.get("PYTHONPATH")])))
        with open_lab("toy", options=OPTIONS) as started:
            for name, ram in FLAVORS.items():
                started.admin.compute.create_flavor(name=name, ram=ram, vcpus=1, disk=5, ephemeral=5)
            yield started


def create(toy: Deployment, name: str, **given: Any) -> str:
    """Create an instance of the kind that the manager supports, and return its id once it is healthy."""
    instance_id = toy.create(name, **{"flavor_id": toy.flavor("local.small"), "volume": None, "nics": None, **given})
    toy.until_settled(instance_id)
    return instance_id


def test_the_entry_point_alone_registers_the_manager(installed: Path) -> None:
    (toy,) = distributions(path=[str(installed)])
    assert [(each.group, each.name, each.value) for each in toy.entry_points] == [
        ("trove_resources.resource_managers", "toy", "toy_manager:Toy")
    ]


@pytest.mark.parametrize(
    ("command", "shown"),
    [
        (("trove-resources", "managers", "-f", "csv", "-c", "toy"), '"toy"\n"True"\n"True"\n"True"\n"False"'),
        (("oslo-config-generator", "--namespace", "trove_resources"), "#toy_name_prefix ="),
    ],
    ids=["its operations", "its option"],
)
def test_the_commands_show_the_manager(installed: Path, command: Sequence[str], shown: str) -> None:
    program = Path(sys.executable).with_name(command[0])
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    ended = subprocess.run([program, *command[1:]], env=environment, capture_output=True, text=True, check=True)  # noqa: S603 - ours
    assert shown in ended.stdout.replace("\r", "")


def test_it_creates_resizes_and_deletes_an_instance(toy: Deployment) -> None:
    before = toy.lab.control.get("inventory")
    instance_id = create(toy, "third")
    record = toy.record(instance_id)
    (server,) = toy.rows_of(instance_id)["servers"]
    assert (record.engine, record.server_id, record.volume_id) == ("toy", server["id"], None)
    assert (record.flavor_id, record.fault) == (toy.flavor("local.small"), None)
    assert server["name"] == "db-third"
    assert toy.until_healthy(instance_id).name == "third"

    toy.resize(instance_id, "local.medium")
    toy.until_record(instance_id, lambda seen: seen.flavor_id == toy.flavor("local.medium"))
    (record,) = toy.until_settled(instance_id)
    assert (record.server_id, record.fault) == (server["id"], None)
    assert toy.server_of(instance_id)["flavor"]["original_name"] == "local.medium"
    assert toy.until_healthy(instance_id).flavor["id"] == toy.flavor("local.medium")

    toy.delete(instance_id)
    assert toy.lab.control.get("inventory") == before


def test_a_guest_that_fails_on_the_new_flavor_is_moved_back(toy: Deployment) -> None:
    instance_id = create(toy, "moved-back")
    toy.misbehave("does_not_start", instance_id, flavor="local.medium")
    toy.resize(instance_id, "local.medium")
    record = toy.until_faulted(instance_id, "Resize flavor failed. Failed to start the database")
    assert record.flavor_id == toy.flavor("local.small")
    assert toy.server_of(instance_id)["flavor"]["original_name"] == "local.small"
    toy.calm()
    toy.delete(instance_id)


def test_an_unsupported_operation_is_rejected_with_a_fault(toy: Deployment) -> None:
    instance_id = create(toy, "refused")
    server = toy.server_of(instance_id)
    toy.reboot(instance_id)
    record = toy.until_faulted(instance_id, "the resource manager toy does not support reboot")
    assert record.fault == "Reboot was refused. the resource manager toy does not support reboot"
    assert toy.until_healthy(instance_id).status == "ACTIVE"
    assert toy.server_of(instance_id) == server
    toy.delete(instance_id)


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ({}, "nics: the resource manager toy creates servers only"),
        ({"nics": None, "locality": "affinity"}, "the resource manager toy does not support create_group"),
    ],
    ids=["a user port", "a server group"],
)
def test_an_instance_that_the_manager_cannot_create_is_rejected_with_a_fault(
    toy: Deployment, given: dict[str, Any], fault: str
) -> None:
    before = toy.lab.control.get("inventory")
    instance_id = toy.create("not-created", flavor_id=toy.flavor("local.small"), volume=None, **given)
    record = toy.until_failed(instance_id, fault)
    assert (record.server_id, toy.lab.control.get("inventory")) == (None, before)
    toy.delete(instance_id)
