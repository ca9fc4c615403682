"""Every call of a create and of a delete fails once, in every way after which a call can be repeated.

The calls are those of a successful create and delete, read from the cloud's log. All fail in the same run, for several
instances. It does not matter which instance meets which fault: each must end up healthy, or deleted.
"""

import pytest
from deployment import Calls, Deployment

INSTANCES = 4
PUBLIC = {
    "servers": 1,
    "volumes": 1,
    "ports": 2,
    "security_groups": 1,
    "security_group_rules": 3,
    "recordsets": 1,
    "floating_ips": 1,
}


def test_a_delete_only_reads_and_deletes(calls: Calls) -> None:
    assert {method for _, method, _ in calls.create} == {"GET", "POST"}
    assert {method for _, method, _ in calls.delete} == {"GET", "DELETE"}


@pytest.mark.parametrize("kind", ["status", "drop", "lose_answer"])
def test_if_each_call_fails_once_every_instance_is_created_once_and_deleted(
    trove: Deployment, calls: Calls, kind: str
) -> None:
    for call in calls.create:
        trove.fail(call, kind)
    ids = [trove.create(f"{kind}-{number}", access={"is_public": True}) for number in range(INSTANCES)]
    for record, instance_id in zip(trove.until_settled(*ids), ids, strict=True):
        held = trove.rows_of(instance_id)
        assert {name: len(rows) for name, rows in held.items() if rows} == PUBLIC
        assert (record.server_id, record.volume_id) == (held["servers"][0]["id"], held["volumes"][0]["id"])
        assert (record.engine, record.fault) == ("native", None)
        assert record.hostname == held["recordsets"][0]["name"].rstrip(".")
    assert trove.faults_met() == [1] * len(calls.create)
    trove.calm()
    for call in calls.delete:
        trove.fail(call, kind)
    trove.delete(*ids)
    assert trove.faults_met() == [1] * len(calls.delete)
    for instance_id in ids:
        assert not any(trove.rows_of(instance_id).values())
