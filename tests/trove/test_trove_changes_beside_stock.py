"""Operations of stock Trove and of ours on instances of stock Trove, and operations of stock Trove on ours."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from deployment import Deployment, Open

from trove_lab.local.records import InstanceRecord

pytestmark = pytest.mark.timeout(240)

OPTIONS = {
    "oslo_messaging_notifications": {"driver": "log"},
    # The interval of stock Trove's polling.
    "DEFAULT": {"resize_time_out": "60", "reboot_time_out": "30", "volume_time_out": "30", "report_interval": "30"},
}
OPERATIONS = ("resize", "grow", "reboot", "rebuild", "access")
CIDRS = ["192.0.2.0/24", "198.51.100.0/24"]
CHANGING = ("POST", "PUT", "PATCH", "DELETE")


@dataclass(frozen=True, kw_only=True)
class Seen:
    """The effects of an operation, with ids replaced."""

    record: InstanceRecord
    api: tuple[str, str, str]
    """Status, operating status and flavor, as the API shows them."""
    guest: Sequence[str]
    changes: Sequence[tuple[str, str, str]]
    """Service, method and path of the mutating requests."""
    notifications: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """The same operations on the same instances, once by stock Trove and once by us."""

    trove: Deployment
    stock: Mapping[str, Seen]
    ours: Mapping[str, Seen]
    stock_migration: Sequence[str]
    """What stock Trove logged when its migration failed."""
    of_ours_by_stock: InstanceRecord


@pytest.fixture(scope="module")
def comparison(open_lab: Open) -> Iterator[Comparison]:
    """Run ours, which creates one instance; stock Trove, which creates the others; then ours again, on one cloud."""
    with open_lab("native", options=OPTIONS) as trove:
        # Without this file, stock Trove 26 cannot rebuild.
        cloudinit = trove.lab.directory / "cloudinit"
        cloudinit.mkdir()
        (cloudinit / "mysql.cloudinit").write_text("#cloud-config\npackages: [htop]\n")
        made = trove.create("ours")
        trove.until_settled(made)
        trove.lab.restart_trove(manager="stock")
        first, second = ({each: trove.create(each) for each in OPERATIONS} for _ in range(2))
        moving = trove.create("moving")
        trove.until_settled(made, *first.values(), *second.values(), moving)
        trove.migrate(moving)
        trove.resize(made, "m1.medium")
        stock = operate(trove, first)
        (record, _) = trove.until_settled(made, moving)
        trove.delete(made)
        logged = trove.log()
        trove.lab.restart_trove(manager="native")
        trove.until_settled(*first.values(), moving)
        ours = operate(trove, second)
        trove.migrate(moving)
        trove.until_settled(moving)
        trove.delete(moving, *first.values(), *second.values())
        yield Comparison(trove=trove, stock=stock, ours=ours, stock_migration=logged, of_ours_by_stock=record)


def operate(trove: Deployment, ids: Mapping[str, str]) -> Mapping[str, Seen]:
    """Run each operation on its own instance, all at once, and return their effects."""
    trove.until_settled(*ids.values())
    calls = {name: len(trove.guest_calls(instance_id)) for name, instance_id in ids.items()}
    order = trove.order
    trove.resize(ids["resize"], "m1.medium")
    trove.grow(ids["grow"], 2)
    trove.reboot(ids["reboot"])
    trove.rebuild(ids["rebuild"])
    trove.client.instances.update(ids["access"], is_public=True, allowed_cidrs=CIDRS)
    records = dict(zip(ids, trove.until_settled(*ids.values()), strict=True))
    trove.until_notified(ids["resize"], "dbaas.instance_resize_instance.end")
    requests = [each for each in trove.requests() if each["order"] > order and each["method"] in CHANGING]
    return {name: seen(trove, ids[name], records[name], calls[name], requests) for name in ids}


def seen(
    trove: Deployment, instance_id: str, record: InstanceRecord, calls: int, requests: Sequence[Mapping[str, Any]]
) -> Seen:
    """Return the effects of an operation on one instance."""
    shown, mine = trove.show(instance_id), {record.server_id: "SERVER", record.volume_id: "VOLUME"}

    def plain(path: str) -> str:
        for resource_id, name in mine.items():
            path = path.replace(str(resource_id), name)
        return path

    return Seen(
        record=record,
        api=(shown.status, shown.operating_status, shown.flavor["id"]),
        guest=[each["call"] for each in trove.guest_calls(instance_id)[calls:]],
        changes=[
            (each["service"], each["method"], f"{plain(each['path'])} {each['action'] or ''}".strip())
            for each in requests
            if plain(each["path"]) != each["path"]
        ],
        notifications=json.loads(json.dumps(trove.notifications(instance_id)).replace(instance_id, "INSTANCE")),
    )


@pytest.mark.parametrize("operation", OPERATIONS)
def test_the_row_and_the_api_show_the_same_as_with_stock_trove(comparison: Comparison, operation: str) -> None:
    ours, stock = comparison.ours[operation], comparison.stock[operation]
    assert ours.api == stock.api
    assert (ours.record.flavor_id, ours.record.volume_size) == (stock.record.flavor_id, stock.record.volume_size)
    assert (ours.record.access, ours.record.task, ours.record.fault) == (stock.record.access, "NONE", None)
    assert ours.record.engine is None


@pytest.mark.parametrize("operation", OPERATIONS)
def test_the_cloud_receives_no_more_mutating_requests_than_from_stock_trove(
    comparison: Comparison, operation: str
) -> None:
    ours, stock = (sorted(each[operation].changes) for each in (comparison.ours, comparison.stock))
    assert ours == stock


@pytest.mark.parametrize("operation", OPERATIONS)
def test_the_guest_receives_the_same_calls_as_from_stock_trove(comparison: Comparison, operation: str) -> None:
    assert comparison.ours[operation].guest == comparison.stock[operation].guest


@pytest.mark.parametrize("operation", OPERATIONS)
def test_notifications_have_the_same_types_and_fields(comparison: Comparison, operation: str) -> None:
    ours, stock = comparison.ours[operation].notifications, comparison.stock[operation].notifications
    assert [each["event_type"] for each in ours] == [each["event_type"] for each in stock]
    for mine, theirs in zip(ours, stock, strict=True):
        # A notification may contain the name of a Trove class, which depends on the message that it was sent with.
        said = [each["payload"].keys() - {"notification_classname"} for each in (mine, theirs)]
        assert said[0] == said[1], mine["event_type"]


def test_usage_notifications_describe_a_resize_alike(comparison: Comparison) -> None:
    (ours,), (stock,) = (
        [each["payload"] for each in by["resize"].notifications if each["event_type"] == "trove.instance.modify_flavor"]
        for by in (comparison.ours, comparison.stock)
    )
    own = ("created_at", "launched_at", "modify_at", "nova_instance_id", "nova_volume_id", "instance_id", "user_id")
    assert {name: value for name, value in ours.items() if name not in own} == {
        name: value for name, value in stock.items() if name not in own
    }
    assert (ours["old_instance_size"], ours["instance_size"], ours["instance_type"]) == (2048, 4096, "m1.medium")


def test_stock_trove_cannot_migrate_the_instance_that_we_migrate(comparison: Comparison) -> None:
    """Source: ``MigrateAction._initiate_nova_action`` of Trove 26 passes an argument that novaclient does not have."""
    assert any("unexpected keyword argument 'force_host'" in line for line in comparison.stock_migration)


def test_stock_trove_resizes_and_deletes_our_instance(comparison: Comparison) -> None:
    assert comparison.of_ours_by_stock.engine == "native"
    assert comparison.of_ours_by_stock.flavor_id == comparison.trove.flavor("m1.medium")
    assert not any(comparison.trove.lab.control.get("inventory").values())
