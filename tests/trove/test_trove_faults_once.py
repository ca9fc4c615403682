"""Every call of a create and of a delete fails once, in every way a call can fail and be asked again.

The calls are those of a create and a delete that go well, read from the cloud's log. All at once: one instance for each
call, so that each meets a fault somewhere, and who meets which makes no difference: each must be well, or gone.
"""

from collections.abc import Sequence

import pytest
from deployment import DESIGNATE, Deployment, kinds

Call = tuple[str, str, str]

WHOLE = {"servers": 1, "volumes": 1, "ports": 2, "security_groups": 1, "security_group_rules": 3, "recordsets": 1}
PUBLIC = {**WHOLE, "floating_ips": 1}


@pytest.fixture(scope="module")
def calls(native: Deployment) -> tuple[Sequence[Call], Sequence[Call]]:
    """The calls of a good create and of a good delete, of a public instance: it has everything."""
    before = native.order
    instance_id = native.create("good", access={"is_public": True})
    native.until_settled(instance_id)
    between = native.order
    native.delete(instance_id)
    create = [each for each in native.plug_in_requests(before) if each["order"] <= between]
    return kinds(create), kinds(native.plug_in_requests(between))


def test_a_create_and_a_delete_ask_only_what_they_must(calls: tuple[Sequence[Call], Sequence[Call]]) -> None:
    create, delete = calls
    assert [each for each in create if each[1] == "POST"] and len(create) > 10
    assert {method for _, method, _ in delete} == {"GET", "DELETE"}


@pytest.mark.parametrize("kind", ["status", "drop", "lose_answer"])
def test_each_call_fails_once_and_every_instance_is_made_once_and_goes(
    trove: Deployment, calls: tuple[Sequence[Call], Sequence[Call]], kind: str
) -> None:
    create, delete = calls
    fail_once(trove, kind, create)
    ids = [trove.create(f"{kind}-{number}", access={"is_public": True}) for number in range(len(create))]
    for record, instance_id in zip(trove.until_settled(*ids), ids, strict=True):
        held = trove.rows_of(instance_id)
        assert {name: len(rows) for name, rows in held.items() if rows} | {"floating_ips": 1} == PUBLIC
        assert (record.server_id, record.volume_id) == (held["servers"][0]["id"], held["volumes"][0]["id"])
        assert (record.engine, record.fault) == ("native", None)
        assert record.hostname == held["recordsets"][0]["name"].rstrip(".")
    assert trove.faults_met() == [1] * len(create)
    trove.calm()
    fail_once(trove, kind, delete)
    trove.delete(*ids)
    assert trove.faults_met() == [1] * len(delete)
    assert not any(trove.lab.control.get("inventory").values())


def fail_once(trove: Deployment, kind: str, calls: Sequence[Call]) -> None:
    for service, method, path in calls:
        trove.fault(kind=kind, service=service, method=method, path=path)
