"""Every operation through python-troveclient, and every failure that the real services can produce, with both engines.

All instances are created at the same time, and so are all changes that should fail.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from real_trove import ENGINES, TASK_MANAGERS, RealTrove

pytestmark = [pytest.mark.real_only("uses the real Trove"), pytest.mark.timeout(600)]

CIDRS, OTHER_CIDRS = ["198.51.100.0/24", "203.0.113.0/24"], ["192.0.2.0/24"]
INJECTED = "injected by a test"
"""The message of all injected failures of the hypervisors."""
UNCHANGED = ("servers", "volumes", "ports", "security_groups", "recordsets")
"""The kinds of resources that no operation replaces."""


@dataclass(frozen=True, kw_only=True)
class Ids:
    """Instances by the fault that each one will meet."""

    lives: str
    silent: str
    to_huge: str
    to_no_power: str
    to_no_start: str
    to_ill: str
    to_unseen: str
    huge: str
    unspawned: str
    unbound: str
    """The last one: the fault for its port can only be injected once it has an id."""


@pytest.fixture(scope="module", params=["native", "orchestrator"])
def managed(request: pytest.FixtureRequest, real_trove: RealTrove) -> RealTrove:
    """Trove with a manager."""
    # With online resize, the hypervisor is notified of an extended volume.
    real_trove.lab.run_with(request.param, {"DEFAULT": {"online_volume_resize": "true"}})
    return real_trove


@pytest.fixture(scope="module")
def ids(managed: RealTrove) -> Iterator[Ids]:
    """Instances that are created at the same time, and deleted at the end in whatever state they are."""
    faults = [
        failing("spawn", "^unspawned$"),
        failing("migrate_disk_and_power_off", "^to_no_power$"),
        failing("finish_migration", "^to_no_start$"),
        failing("extend_volume", "^to_unseen$"),
    ]
    managed.lab.inject_faults(faults)
    managed.misbehave("never_reports", "silent")
    managed.misbehave("starts_ill", "to_ill", flavor="m1.medium")
    given = {
        "lives": {
            "access": {"is_public": True, "allowed_cidrs": CIDRS},
            "databases": [{"name": "app"}],
            "users": [{"name": "app", "password": "app", "databases": [{"name": "app"}]}],
        },
        "huge": {"flavor_id": managed.flavor("m1.huge")},
    }
    made = {name: managed.create(name, **given.get(name, {})) for name in Ids.__annotations__}
    managed.lab.inject_faults([*faults, failing("bind_port", f"trove-{made['unbound']}")])
    yield Ids(**made)
    managed.calm()
    managed.delete(*(each for each in made.values() if not managed.record(each).deleted))


@pytest.fixture(scope="module")
def failing_changes(managed: RealTrove, ids: Ids) -> None:
    """Changes that should fail, begun at the same time."""
    changed = (ids.to_huge, ids.to_no_power, ids.to_no_start, ids.to_ill, ids.to_unseen)
    managed.until_settled(*changed)
    managed.resize(ids.to_huge, "m1.huge")
    for instance_id in (ids.to_no_power, ids.to_no_start, ids.to_ill):
        managed.resize(instance_id, "m1.medium")
    managed.grow(ids.to_unseen, 2)


def failing(method: str, name: str) -> dict[str, str]:
    """Return a fault: a driver method fails for servers of a name."""
    return {"method": method, "match": name, "error": INJECTED}


@pytest.fixture
def trove(managed: RealTrove) -> RealTrove:
    return managed


@pytest.mark.usefixtures("failing_changes")
def test_the_life_of_an_instance(trove: RealTrove, ids: Ids) -> None:
    instance_id = ids.lives
    (record,) = trove.until_settled(instance_id)
    assert record.engine == ENGINES[trove.lab.manager]
    made = rows(trove, instance_id)
    assert {kind: len(found) for kind, found in made.items()} == {
        "servers": 1,
        "volumes": 1,
        "ports": 2,
        "security_groups": 1,
        "recordsets": 1,
        "floating_ips": 1,
    }
    assert {cidr for *_, cidr in trove.let_in(instance_id)} == set(CIDRS)
    assert [each.name for each in trove.client.databases.list(instance_id)] == ["app"]
    assert [each.name for each in trove.client.users.list(instance_id)] == ["app"]

    trove.resize(instance_id, "m1.medium")
    trove.until_settled(instance_id)
    assert trove.server_of(instance_id)["flavor"]["original_name"] == "m1.medium"
    trove.grow(instance_id, 3)
    (record,) = trove.until_settled(instance_id)
    assert (record.volume_size, trove.volumes_of(instance_id)["datastore"]["size"]) == (3, 3)
    trove.reboot(instance_id)
    trove.until_settled(instance_id)
    assert trove.happened_to(record.server_id).count("server.rebooted") == 1
    trove.client.instances.update(instance_id, is_public=False, allowed_cidrs=OTHER_CIDRS)
    trove.until_settled(instance_id)
    assert {cidr for *_, cidr in trove.let_in(instance_id)} == set(OTHER_CIDRS)
    assert not trove.rows_of(instance_id)["floating_ips"]
    trove.rebuild(instance_id)
    trove.until_settled(instance_id)
    assert trove.happened_to(record.server_id).count("server.rebuilt") == 1
    host = trove.server_of(instance_id)["OS-EXT-SRV-ATTR:host"]
    trove.migrate(instance_id)
    (record,) = trove.until_settled(instance_id)
    assert trove.server_of(instance_id)["OS-EXT-SRV-ATTR:host"] != host
    assert record.fault is None
    assert [each.name for each in trove.client.databases.list(instance_id)] == ["app"]
    after = rows(trove, instance_id)
    assert {kind: after[kind] for kind in UNCHANGED} == {kind: made[kind] for kind in UNCHANGED}


def test_a_replica_has_a_source_and_is_deleted_without_it(trove: RealTrove, ids: Ids) -> None:
    of_source = dict.fromkeys(("flavor_id", "volume", "datastore", "datastore_version"))
    replica = trove.create("replica", **of_source, replica_of=ids.lives)
    (record, _) = trove.until_settled(replica, ids.lives)
    assert record.engine == ENGINES[trove.lab.manager]
    assert trove.client.instances.get(replica).replica_of["id"] == ids.lives
    trove.delete(replica)
    trove.until_settled(ids.lives)


@pytest.mark.parametrize(
    ("name", "words"),
    [("huge", "No valid host"), ("unspawned", f"spawn: {INJECTED}"), ("unbound", "Binding failed for port")],
)
def test_a_failed_build_reports_the_reason_and_leaves_nothing(
    trove: RealTrove, ids: Ids, name: str, words: str
) -> None:
    instance_id = getattr(ids, name)
    record = trove.until_failed(instance_id, "The instance was not created. Failed to ")
    assert record.task_text == "Build error: Server."
    # The fault's message is truncated: it begins with Nova's report that it tried the other host, too.
    assert words in trove.details_of_fault(instance_id)
    assert not any(trove.rows_of(instance_id).values())
    # From the list: to show one instance, Trove would call its guest, which does not exist.
    assert {each.status for each in trove.client.instances.list() if each.id == instance_id} == {"ERROR"}


def test_a_guest_that_never_comes_up_keeps_its_resources_until_it_is_deleted(trove: RealTrove, ids: Ids) -> None:
    record = trove.until_failed(ids.silent, "")
    assert record.task_text == "Build error: guestagent timeout."
    assert trove.server_of(ids.silent)["status"] == "ACTIVE"


def test_a_resize_to_a_flavor_no_host_has_room_for_leaves_the_old_one(trove: RealTrove, ids: Ids) -> None:
    check_unchanged(trove, ids.to_huge, "No valid host")


def test_a_server_that_cannot_leave_its_host_is_unchanged(trove: RealTrove, ids: Ids) -> None:
    check_unchanged(trove, ids.to_no_power, "migrate_disk_and_power_off: ")


def test_a_server_that_does_not_start_on_the_other_host_is_on_its_old_flavor(trove: RealTrove, ids: Ids) -> None:
    check_unchanged(trove, ids.to_no_start, "finish_migration: ")


def test_a_database_that_is_unhealthy_on_the_new_flavor_is_reverted(trove: RealTrove, ids: Ids) -> None:
    check_unchanged(trove, ids.to_ill, "Resize flavor failed")


def test_an_extend_that_fails_in_the_hypervisor_succeeds_in_cinder(trove: RealTrove, ids: Ids) -> None:
    """Nova does not report that its driver failed: neither to Cinder, which has extended the volume, nor to us."""
    (record,) = trove.until_settled(ids.to_unseen)
    assert (record.volume_size, trove.volumes_of(ids.to_unseen)["datastore"]["size"]) == (2, 2)


def test_both_task_managers_ran_tasks(trove: RealTrove, ids: Ids) -> None:
    worked = {name for each in Ids.__annotations__ for name in trove.task_managers_of(getattr(ids, each))}
    assert worked == set(TASK_MANAGERS)


def test_all_of_them_are_deleted_whatever_became_of_them_and_leave_nothing(trove: RealTrove, ids: Ids) -> None:
    trove.delete(*(getattr(ids, name) for name in Ids.__annotations__))


def rows(trove: RealTrove, instance_id: str) -> dict[str, list[str]]:
    """Return the ids of an instance's resources, by kind."""
    kinds = (*UNCHANGED, "floating_ips")
    return {kind: sorted(row["id"] for row in trove.rows_of(instance_id)[kind]) for kind in kinds}


def check_unchanged(trove: RealTrove, instance_id: str, words: str) -> None:
    """Check that a resize failed with these words, and that the instance is healthy on its old flavor."""
    record = trove.until_faulted(instance_id, words)
    assert (record.task, record.flavor_id) == ("NONE", trove.small), record
    trove.until_settled(instance_id)
    server = trove.server_of(instance_id)
    assert (server["status"], server["flavor"]["original_name"]) == ("ACTIVE", "m1.small")
