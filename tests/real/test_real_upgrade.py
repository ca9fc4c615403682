"""Stock Trove as the baseline; then the plug-in takes over its instances, and creates new ones through Heat."""

from collections.abc import Iterator

import pytest
from real_trove import RealTrove

pytestmark = [pytest.mark.real_only("uses the real Trove"), pytest.mark.timeout(600)]

OLD, NEW = ("old-1", "old-2"), ("new-1", "new-2")


@pytest.fixture(scope="module")
def stock(real_trove: RealTrove) -> Iterator[dict[str, str]]:
    """Instances by name: those that stock Trove created, and those that were added later."""
    real_trove.lab.run_with("stock")
    ids = {name: real_trove.create(name) for name in ("measure", *OLD)}
    real_trove.until_settled(*ids.values())
    yield ids
    real_trove.delete(*(each for each in ids.values() if not real_trove.record(each).deleted))


def test_stock_trove_creates_resizes_and_deletes(real_trove: RealTrove, stock: dict[str, str]) -> None:
    instance_id = stock["measure"]
    real_trove.resize(instance_id, "m1.medium")
    real_trove.until_record(instance_id, lambda seen: seen.flavor_id == real_trove.flavor("m1.medium"))
    real_trove.until_so(lambda: real_trove.show(instance_id).status == "ACTIVE")
    real_trove.grow(instance_id, 2)
    record = real_trove.until_record(instance_id, lambda seen: seen.volume_size == 2 and seen.is_settled)
    assert record.engine is None
    assert real_trove.volumes_of(instance_id)["datastore"]["size"] == 2
    real_trove.delete(instance_id)


@pytest.fixture(scope="module")
def taken_over(real_trove: RealTrove, stock: dict[str, str]) -> dict[str, str]:
    """The same instances and new ones, after the switch to the plug-in."""
    real_trove.lab.run_with("migration")
    for name in NEW:
        stock[name] = real_trove.create(name)
    real_trove.until_settled(*(stock[name] for name in NEW))
    return stock


def test_old_instances_stay_native_and_new_ones_are_stacks(real_trove: RealTrove, taken_over: dict[str, str]) -> None:
    ids = {name: taken_over[name] for name in (*OLD, *NEW)}
    servers = {name: real_trove.record(each).server_id for name, each in ids.items()}
    for each in ids.values():
        real_trove.resize(each, "m1.medium")
    real_trove.until_settled(*ids.values())
    for each in ids.values():
        real_trove.grow(each, 2)
    real_trove.until_settled(*ids.values())
    for each in ids.values():
        real_trove.reboot(each)
    records = dict(zip(ids, real_trove.until_settled(*ids.values()), strict=True))
    assert {name: record.engine for name, record in records.items()} == {
        **dict.fromkeys(OLD, None),
        **dict.fromkeys(NEW, "orchestrator"),
    }
    assert {record.fault for record in records.values()} == {None}
    assert {(record.flavor_id, record.volume_size) for record in records.values()} == {
        (real_trove.flavor("m1.medium"), 2)
    }
    assert {name: record.server_id for name, record in records.items()} == servers
    assert {name: len(real_trove.stacks_of(each)) for name, each in ids.items()} == {
        **dict.fromkeys(OLD, 0),
        **dict.fromkeys(NEW, 1),
    }


def test_a_replica_is_always_created_through_heat(real_trove: RealTrove, taken_over: dict[str, str]) -> None:
    of_source = dict.fromkeys(("flavor_id", "volume", "datastore", "datastore_version"))
    replica = real_trove.create("across", **of_source, replica_of=taken_over["old-2"])
    (record,) = real_trove.until_settled(replica)
    assert record.engine == "orchestrator"
    real_trove.delete(replica)
    real_trove.until_settled(taken_over["old-2"])


def test_all_of_them_are_deleted_and_leave_nothing(real_trove: RealTrove, taken_over: dict[str, str]) -> None:
    real_trove.delete(*(taken_over[name] for name in (*OLD, *NEW)))
