"""Unmodified Trove on the emulated cloud, through the real client."""

import re
from collections.abc import Callable

import pytest
from troveclient.apiclient.exceptions import UnprocessableEntity

from local.conftest import Trove
from trove_lab.local.lab import Lab
from trove_lab.local.trove_parameters import rules


def test_trove_lists_its_datastores(trove: Trove) -> None:
    assert sorted(each.name for each in trove.client.datastores.list()) == ["mariadb", "mysql", "postgresql"]


@pytest.mark.parametrize(("datastore", "version"), [("mariadb", "11.4"), ("mysql", "8.4"), ("postgresql", "17")])
def test_configuration_groups_may_set_every_parameter_that_trove_has(
    trove: Trove, datastore: str, version: str
) -> None:
    listed = trove.client.configuration_parameters.parameters(datastore, version)
    assert {each.name for each in listed} == {rule["name"] for rule in rules(datastore)}
    (connections,) = [each for each in listed if each.name == "max_connections"]
    assert (connections.type, int(connections.min)) == ("integer", 0 if datastore == "postgresql" else 1)


def test_a_configuration_value_beyond_its_limit_is_rejected(trove: Trove) -> None:
    with pytest.raises(UnprocessableEntity, match="max_connections"):
        trove.client.configurations.create("x", '{"max_connections": 0}', datastore="mysql", datastore_version="8.4")


def test_an_instance_is_created_and_deleted_and_leaves_nothing_behind(trove: Trove) -> None:
    instance_id = trove.create("whole-life", databases=[{"name": "app"}], users=[{"name": "u", "password": "p"}])
    made = trove.until_healthy(instance_id)
    assert made.volume["size"] == 1
    assert re.fullmatch(r"[a-z0-9]{11}\.db\.example\.test", made.hostname)
    assert [each.name for each in trove.client.databases.list(instance_id)] == ["app"]
    assert trove.of(instance_id) == {
        "servers": 1,
        "volumes": 1,
        "ports": 2,
        "security_groups": 1,
        # Two of them are the default rules of every group.
        "security_group_rules": 3,
        "recordsets": 1,
    }
    trove.client.instances.delete(instance_id)
    trove.until_gone(instance_id)
    assert trove.of(instance_id) == {}


def test_users_and_databases_are_kept_by_the_guest(trove: Trove, healthy: Callable[[], str]) -> None:
    instance_id = healthy()
    trove.client.databases.create(instance_id, [{"name": "books"}])
    trove.client.users.create(instance_id, [{"name": "ann", "password": "p", "databases": [{"name": "books"}]}])
    assert [each.name for each in trove.client.users.list_access(instance_id, "ann", hostname="%")] == ["books"]
    trove.client.users.delete(instance_id, "ann", hostname="%")
    assert trove.client.users.list(instance_id) == []


def test_the_check_of_a_running_lab_passes(lab: Lab) -> None:
    lab.check()


def test_a_lab_without_heat_rejects_a_manager_that_needs_it_and_keeps_running(lab: Lab) -> None:
    with pytest.raises(ValueError, match="orchestrator needs Heat"):
        lab.restart_trove(manager="orchestrator")
    lab.check()
    assert lab.manager == "stock"


@pytest.mark.parametrize("cloud", ["admin", "demo", "alt", "trove"])
def test_clouds_yaml_has_a_cloud_for_each_user(lab: Lab, cloud: str) -> None:
    assert f"  {cloud}:\n" in lab.clouds_yaml.read_text()
