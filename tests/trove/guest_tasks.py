"""Tasks that Trove runs in guests only, whatever the manager: configuration groups, and clusters."""

from collections.abc import Mapping
from typing import Any

from deployment import Deployment

MARIADB = ("mariadb", "11.4")
MEMBERS = 3
"""The smallest cluster of MariaDB that Trove creates by default."""


def configure(trove: Deployment, instance_id: str) -> None:
    """Attach a new configuration group to a MySQL instance, change it, detach it and delete it.

    Fail unless the guest has the values of the group, and after the detach the values of Trove's template.
    """
    groups = trove.client.configurations
    group = groups.create("small", '{"max_connections": 50}', datastore="mysql", datastore_version="8.4")
    calls = len(trove.guest_calls(instance_id))
    trove.client.instances.update(instance_id, configuration=group.id)
    assert trove.show(instance_id).configuration["id"] == group.id
    groups.update(group.id, '{"max_connections": 60, "wait_timeout": 90}')
    trove.client.instances.update(instance_id, remove_configuration=True)
    assert not hasattr(trove.show(instance_id), "configuration")
    groups.delete(group.id)
    made = [(each["call"], each.get("overrides")) for each in trove.guest_calls(instance_id)[calls:]]
    larger = {"max_connections": 60, "wait_timeout": 90}
    assert made[:4] == [
        ("update_overrides", {"max_connections": 50}),
        ("apply_overrides", {"max_connections": 50}),
        ("update_overrides", larger),
        ("apply_overrides", larger),
    ]
    (removed, after), (applied, defaults) = made[4:]
    assert (removed, after, applied) == ("update_overrides", None, "apply_overrides")
    assert set(defaults) == set(larger)
    trove.until_settled(instance_id)


def cluster(trove: Deployment, engine: str) -> None:
    """Create a cluster of MariaDB, add a member, and delete it.

    Fail unless the engine provisions every member, and no resource is left in the end.
    """
    made = trove.client.clusters.create("galera", *MARIADB, instances=[_member(trove)] * MEMBERS)
    until_idle(trove, made.id)
    trove.client.clusters.grow(made.id, [_member(trove)])
    until_idle(trove, made.id)
    ids = members_of(trove, made.id)
    assert len(ids) == MEMBERS + 1
    assert {record.engine for record in trove.until_settled(*ids)} == {engine}
    assert {len(trove.volumes_of(each)) for each in ids} == {1}
    trove.client.clusters.delete(made.id)
    for each in ids:
        trove.until_deleted(each)
    trove.until_gone_without_a_trace(*ids)
    trove.until_so(lambda: _row(trove, made.id)["deleted"])


def until_idle(trove: Deployment, cluster_id: str) -> None:
    """Return once Trove has finished the task of a cluster. Fail when a member has failed."""

    def idle() -> bool:
        for each in members_of(trove, cluster_id):
            assert not trove.record(each).task_failed, trove.record(each)
        return trove.client.clusters.get(cluster_id).task["name"] == "NONE"

    trove.until_so(idle, seconds=120)


def members_of(trove: Deployment, cluster_id: str) -> list[str]:
    """Return the ids of the members of a cluster."""
    rows = trove.lab.database.query("select id from instances where cluster_id = ? and deleted = 0", cluster_id)
    return [row["id"] for row in rows]


def _row(trove: Deployment, cluster_id: str) -> Mapping[str, Any]:
    (row,) = trove.lab.database.query("select deleted from clusters where id = ?", cluster_id)
    return row


def _member(trove: Deployment) -> Mapping[str, Any]:
    return {
        "flavorRef": trove.small,
        "volume": {"size": 1},
        "nics": [{"network_id": trove.lab.surroundings.tenant_network_id}],
    }
