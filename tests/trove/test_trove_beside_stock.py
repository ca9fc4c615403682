"""Instances of ours and of stock Trove are alike, and each can delete the other's."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from deployment import Deployment, Open

pytestmark = pytest.mark.timeout(240)

NOTIFY = {"oslo_messaging_notifications": {"driver": "log"}}
ASKED = {"access": {"is_public": True, "allowed_cidrs": ["192.0.2.0/24"]}, "availability_zone": "nova"}
NOTE = "[trove_resources_task "
"""How our addition to a description begins."""


@dataclass(frozen=True, kw_only=True)
class Twin:
    """The resources, files and notifications of an instance, with its ids replaced."""

    server: Mapping[str, Any]
    volume: Mapping[str, Any]
    others: Mapping[str, list[Mapping[str, Any]]]
    files: Mapping[str, str]
    notifications: list[dict[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Twins:
    """The same instance, created and deleted once by stock Trove and once by us, and one that the other deleted."""

    trove: Deployment
    stock: Twin
    ours: Twin
    of_stock_deleted_by_us: str
    of_ours_deleted_by_stock: str


@pytest.fixture(scope="module")
def twins(open_lab: Open) -> Iterator[Twins]:
    """Run stock Trove, then ours, then stock Trove again, on one cloud and one database."""
    with open_lab("stock", options=NOTIFY) as trove:
        first, left_to_us = (trove.create("twin", **ASKED) for _ in range(2))
        trove.until_settled(first, left_to_us)
        stock = record_and_delete(trove, first)
        trove.lab.restart_trove(manager="native")
        trove.delete(left_to_us)
        second, left_to_stock = (trove.create("twin", **ASKED) for _ in range(2))
        trove.until_settled(second, left_to_stock)
        ours = record_and_delete(trove, second)
        trove.lab.restart_trove(manager="stock")
        trove.delete(left_to_stock)
        yield Twins(
            trove=trove,
            stock=stock,
            ours=ours,
            of_stock_deleted_by_us=left_to_us,
            of_ours_deleted_by_stock=left_to_stock,
        )


def record_and_delete(trove: Deployment, instance_id: str) -> Twin:
    """Record the properties of an instance, and delete it."""
    server, volumes, held = trove.server_of(instance_id), trove.volumes_of(instance_id), trove.rows_of(instance_id)
    files = trove.files_of(instance_id)
    trove.delete(instance_id)
    trove.until_notified(instance_id, "dbaas.instance_delete.end")

    def plain(value: Any) -> Any:
        return json.loads(json.dumps(value).replace(instance_id, "INSTANCE"))

    return Twin(
        server=plain(server),
        volume=plain(volumes["datastore"]),
        others=plain({kind: held[kind] for kind in ("ports", "security_groups", "security_group_rules", "recordsets")}),
        files=plain(files),
        notifications=plain(trove.notifications(instance_id)),
    )


def only(row: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: row[name] for name in names}


def test_servers_are_alike_except_for_our_tag(twins: Twins) -> None:
    ours, stock = twins.ours.server, twins.stock.server
    names = ("name", "metadata", "key_name", "config_drive", "flavor", "image", "OS-EXT-AZ:availability_zone")
    assert only(ours, *names) == only(stock, *names)
    assert [tag for tag in ours["tags"] if not tag.startswith("trove_resources_task_")] == stock["tags"]


def test_volumes_are_alike_except_for_our_metadata_and_delete_on_termination(twins: Twins) -> None:
    names = ("name", "description", "size", "volume_type", "availability_zone", "bootable")
    assert only(twins.ours.volume, *names) == only(twins.stock.volume, *names)
    assert twins.stock.volume["metadata"] == {}
    assert set(twins.ours.volume["metadata"]) == {
        "trove_instance_id",
        "trove_resources_role",
        "trove_resources_task",
    }
    ((mine,), (theirs,)) = (each.server["os-extended-volumes:volumes_attached"] for each in (twins.ours, twins.stock))
    assert (mine["delete_on_termination"], theirs["delete_on_termination"]) == (False, True)


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        ("ports", ("name", "project_id", "network_id")),
        ("security_groups", ("name", "project_id")),
        ("recordsets", ("type", "project_id")),
        (
            "security_group_rules",
            ("protocol", "port_range_min", "port_range_max", "remote_ip_prefix", "direction", "ethertype"),
        ),
    ],
)
def test_other_resources_are_alike_except_for_the_end_of_our_descriptions(
    twins: Twins, kind: str, names: tuple[str, ...]
) -> None:
    def comparable(twin: Twin) -> list[str]:
        return sorted(
            str((only(row, *names), (row.get("description") or "").partition(NOTE)[0].strip()))
            for row in twin.others[kind]
        )

    assert comparable(twins.ours) == comparable(twins.stock)
    assert not any(NOTE in (row.get("description") or "") for row in twins.stock.others[kind])


def test_user_data_is_alike_except_for_the_port(twins: Twins) -> None:
    ours, stock = dict(twins.ours.files), dict(twins.stock.files)
    mine, theirs = (json.loads(files.pop("/etc/trove/eth1.json")) for files in (ours, stock))
    assert ours == stock
    assert mine.keys() == theirs.keys()
    assert {key for key in mine if mine[key] != theirs[key]} <= {"mac_address", "ipv4_address"}


def test_notifications_have_the_same_types_and_fields(twins: Twins) -> None:
    ours, stock = twins.ours.notifications, twins.stock.notifications
    assert [each["event_type"] for each in ours] == [each["event_type"] for each in stock]
    for mine, theirs in zip(ours, stock, strict=True):
        assert mine["payload"].keys() == theirs["payload"].keys(), mine["event_type"]
        assert mine["publisher_id"] == theirs["publisher_id"]


def test_usage_notifications_describe_the_instance_alike(twins: Twins) -> None:
    names = (
        "name",
        "instance_size",
        "instance_type",
        "instance_type_id",
        "volume_size",
        "region",
        "state",
        "service_id",
    )
    ours, stock = (
        {row["event_type"]: row["payload"] for row in each.notifications if row["event_type"].startswith("trove.")}
        for each in (twins.ours, twins.stock)
    )
    assert set(ours) == {"trove.instance.create", "trove.instance.delete"}
    for event_type, payload in ours.items():
        assert only(payload, *names) == only(stock[event_type], *names), event_type
    assert ours["trove.instance.create"]["availability_zone"] == stock["trove.instance.create"]["availability_zone"]


def test_rows_store_who_created_the_instance(twins: Twins) -> None:
    assert twins.trove.record(twins.of_stock_deleted_by_us).engine is None
    assert twins.trove.record(twins.of_ours_deleted_by_stock).engine == "native"


def test_each_deletes_the_others_instances_without_leftovers(twins: Twins) -> None:
    twins.trove.until_gone_without_a_trace(twins.of_stock_deleted_by_us, twins.of_ours_deleted_by_stock)
    assert not any(twins.trove.lab.control.get("inventory").values())
