"""Deletes and other requests that arrive during an operation."""

from collections.abc import Callable, Iterator

import pytest
from deployment import Call, Deployment
from troveclient.apiclient.exceptions import UnprocessableEntity

pytestmark = pytest.mark.timeout(240)

ACTION: Call = ("compute", "POST", "/servers/*/action")
EXTEND: Call = ("volume", "POST", "/volumes/*/action")
ATTACH: Call = ("compute", "POST", "/servers/*/os-volume_attachments")
DETACH: Call = ("compute", "DELETE", "/servers/*/os-volume_attachments/*")

INTERRUPTED: dict[str, tuple[Call, str, str]] = {
    "resize": (ACTION, '"resize"', "resize"),
    "confirm": (ACTION, '"confirmResize"', "resize"),
    "detach": (DETACH, "", "grow"),
    "extend": (EXTEND, "os-extend", "grow"),
    "attach": (ATTACH, "", "grow"),
    "rules": (("network", "POST", "/security-group-rules"), "", "access"),
    "floating-ip": (("network", "POST", "/floatingips"), "", "access"),
    "reboot": (ACTION, '"reboot"', "reboot"),
    "rebuild": (ACTION, '"rebuild"', "rebuild"),
    "migrate": (ACTION, '"migrate"', "migrate"),
}
"""The calls that hang when the delete arrives, by operation."""


def request_for(trove: Deployment, operation: str, instance_id: str) -> Callable[[], None]:
    """Return a function that requests an operation."""
    return {
        "resize": lambda: trove.resize(instance_id, "m1.medium"),
        "grow": lambda: trove.grow(instance_id, 2),
        "access": lambda: trove.client.instances.update(instance_id, is_public=True, allowed_cidrs=["192.0.2.1/32"]),
        "reboot": lambda: trove.reboot(instance_id),
        "rebuild": lambda: trove.rebuild(instance_id),
        "migrate": lambda: trove.migrate(instance_id),
    }[operation]


def in_use(trove: Deployment) -> dict[str, int]:
    """Return the quota in use. Trove starts to count a resource when it is first requested."""
    return {resource: count for resource, count in trove.quota_in_use().items() if count}


def test_a_delete_during_each_operation_leaves_nothing_and_releases_all_quota(trove: Deployment) -> None:
    before = in_use(trove)
    ids = {name: trove.create(f"interrupted-{name}") for name in INTERRUPTED}
    trove.until_settled(*ids.values())
    for name, (call, contains, operation) in INTERRUPTED.items():
        trove.fail(call, "hang", **({"contains": contains} if contains else {}))
        request_for(trove, operation, ids[name])()
        trove.until_met()
    with pytest.raises(UnprocessableEntity, match="is not ready"):
        # Trove's API treats a rebuild like a create.
        trove.client.instances.delete(ids["rebuild"])
    trove.force_delete(ids["rebuild"])
    for name, instance_id in ids.items():
        if name != "rebuild":
            trove.client.instances.delete(instance_id)
    assert not any(trove.record(instance_id).deleted for instance_id in ids.values())
    # Extensions and confirmations that complete while the delete waits: Trove's API has not released their quota.
    trove.calm()
    trove.until_gone_without_a_trace(*ids.values())
    assert {trove.record(instance_id).fault for instance_id in ids.values()} == {None}
    assert in_use(trove) == before


def test_a_delete_during_the_wait_for_the_guest_ends_that_wait(trove: Deployment) -> None:
    before = in_use(trove)
    ids = {name: trove.create(f"waiting-{name}") for name in ("resize", "migrate", "reboot")}
    trove.until_settled(*ids.values())
    for name, instance_id in ids.items():
        trove.misbehave("never_reports", instance_id)
        request_for(trove, name, instance_id)()
    for name in ("resize", "migrate"):
        server_id = trove.record(ids[name]).server_id
        trove.until_so(lambda server_id=server_id: "server.resized" in trove.happened_to(server_id))
    for instance_id in ids.values():
        trove.client.instances.delete(instance_id)
    trove.until_gone_without_a_trace(*ids.values())
    assert in_use(trove) == before


@pytest.fixture(scope="module")
def busy(native: Deployment) -> Iterator[str]:
    """An instance that receives two requests at once."""
    instance_id = native.create("busy")
    native.until_settled(instance_id)
    yield instance_id
    native.delete(instance_id)


@pytest.fixture
def slow(trove: Deployment) -> Iterator[Deployment]:
    """Trove on a cloud whose guests boot slowly."""
    trove.lab.control.post("durations", {"guest.boot": 5.0})
    yield trove
    trove.lab.control.post("durations", {"guest.boot": 0.0})


@pytest.mark.parametrize("second", ["reboot", "rebuild", "access"])
def test_a_second_operation_is_rejected_with_a_fault_and_the_first_continues(
    trove: Deployment, busy: str, second: str
) -> None:
    """Trove's API accepts these requests at any time, and stores them in the row."""
    other = "m1.medium" if trove.record(busy).flavor_id == trove.small else "m1.small"
    trove.fail(ACTION, "hang", contains='"confirmResize"')
    trove.resize(busy, other)
    trove.until_met()
    happened = trove.happened_to(trove.record(busy).server_id)
    request_for(trove, second, busy)()
    says = {"reboot": "Reboot", "rebuild": "Rebuild", "access": "Update access"}[second]
    refused = f"{says} was refused. instance {busy} is busy with resize_flavor; try again when it has ended"
    trove.until_record(busy, lambda seen: refused in (seen.fault or ""))
    trove.calm()
    (record,) = trove.until_settled(busy)
    assert record.flavor_id == trove.flavor(other)
    assert trove.happened_to(record.server_id) == [*happened, "server.confirmed"]
    assert record.access == {}


def test_a_rejected_reboot_is_not_mistaken_for_a_report_of_the_guest(slow: Deployment, busy: str) -> None:
    """For a requested reboot, Trove's API also writes the status of the database."""
    other = "m1.medium" if slow.record(busy).flavor_id == slow.small else "m1.small"
    server_id = slow.record(busy).server_id
    before = slow.happened_to(server_id).count("server.resized")
    slow.resize(busy, other)
    slow.until_so(lambda: slow.happened_to(server_id).count("server.resized") > before)
    slow.until_record(busy, lambda seen: seen.guest == "paused")
    slow.reboot(busy)
    slow.until_record(busy, lambda seen: "Reboot was refused" in (seen.fault or ""))
    (record,) = slow.until_settled(busy)
    assert record.flavor_id == slow.flavor(other)


def test_after_many_concurrent_reboots_the_row_has_no_task(trove: Deployment, busy: str) -> None:
    for _ in range(12):
        trove.reboot(busy)
    trove.until_settled(busy)
    trove.reboot(busy)
    trove.until_settled(busy)
