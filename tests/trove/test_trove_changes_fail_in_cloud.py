"""Operations that fail in the cloud: changes are undone if possible, the row is correct, the fault says why."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import pytest
from deployment import Call, Deployment

from trove_lab.local.records import InstanceRecord

pytestmark = pytest.mark.timeout(240)

REFUSED = {"status": 403, "times": None}
ACTION: Call = ("compute", "POST", "/servers/*/action")
SERVER: Call = ("compute", "GET", "/servers/*")
EXTEND: Call = ("volume", "POST", "/volumes/*/action")
ATTACH: Call = ("compute", "POST", "/servers/*/os-volume_attachments")
DETACH: Call = ("compute", "DELETE", "/servers/*/os-volume_attachments/*")
RULES: Call = ("network", "POST", "/security-group-rules")
FLOATING_IP: Call = ("network", "POST", "/floatingips")
CONFIGURED = {"m1.small": "innodb_buffer_pool_size = 600M", "m1.medium": "innodb_buffer_pool_size = 1200M"}
"""The settings for flavors of 2 and of 4 GiB in Trove's template for MySQL."""


@dataclass(frozen=True, kw_only=True)
class Ids:
    """Instances to change."""

    resized: str
    grown: str
    opened: str
    rebooted: str
    rebuilt: str
    migrated: str


@pytest.fixture(scope="module")
def ids(native: Deployment) -> Iterator[Ids]:
    """One instance per operation, all created at the same time."""
    made = {name: native.create(f"failing-{name}") for name in Ids.__annotations__}
    native.until_settled(*made.values())
    yield Ids(**made)
    native.delete(*made.values())


@pytest.fixture(autouse=True)
def quota_is_counted(trove: Deployment, ids: Ids) -> Iterator[None]:
    """Fail if, after a test, the quota in use does not match the instances, or quota is still reserved."""
    del ids
    before = trove.quota_not_in_rows()
    yield
    trove.calm()
    assert trove.quota_not_in_rows() == before


def operations(trove: Deployment, ids: Ids) -> dict[str, tuple[str, Callable[[], None]]]:
    """Return the instance and the request of each operation."""
    size = (trove.record(ids.grown).volume_size or 0) + 1
    other = "m1.medium" if trove.record(ids.resized).flavor_id == trove.small else "m1.small"
    cidr = f"192.0.2.{size}/32"
    return {
        "resize": (ids.resized, lambda: trove.resize(ids.resized, other)),
        "grow": (ids.grown, lambda: trove.grow(ids.grown, size)),
        "access": (ids.opened, lambda: trove.client.instances.update(ids.opened, is_public=True, allowed_cidrs=[cidr])),
        "reboot": (ids.rebooted, lambda: trove.reboot(ids.rebooted)),
        "rebuild": (ids.rebuilt, lambda: trove.rebuild(ids.rebuilt)),
        "migrate": (ids.migrated, lambda: trove.migrate(ids.migrated)),
    }


@pytest.mark.parametrize("kind", ["status", "drop", "lose_answer"])
def test_a_call_that_fails_once_is_repeated_and_carried_out_once(trove: Deployment, ids: Ids, kind: str) -> None:
    """All operations run at once, and each mutating call fails once, no matter for which instance."""
    for action in ("resize", "confirmResize", "migrate", "reboot", "rebuild"):
        trove.fail(ACTION, kind, contains=f'"{action}"')
    for call in (EXTEND, ATTACH, DETACH, RULES, FLOATING_IP, SERVER):
        trove.fail(call, kind)
    asked = operations(trove, ids)
    moves = {
        each: trove.happened_to(trove.record(each).server_id).count("server.resized") for each, _ in asked.values()
    }
    for _, ask in asked.values():
        ask()
    records = dict(zip(asked, trove.until_settled(*(each for each, _ in asked.values())), strict=True))
    assert trove.faults_met() == [1] * 11
    assert {record.fault for record in records.values()} == {None}
    for name in ("resize", "migrate"):
        happened = trove.happened_to(records[name].server_id)
        assert happened.count("server.resized") == moves[asked[name][0]] + 1
    assert len(trove.rows_of(ids.opened)["floating_ips"]) == 1
    assert trove.volumes_of(ids.grown)["datastore"]["size"] == records["grow"].volume_size
    trove.calm()
    trove.client.instances.update(ids.opened, is_public=False)
    trove.until_settled(ids.opened)


@pytest.mark.parametrize(
    ("operation", "refuses", "says"),
    [
        ("resize", (ACTION, '"resize"'), "Resize flavor failed. Failed to resize the server: Nova: POST /servers/"),
        ("resize", (ACTION, '"confirmResize"'), "Resize flavor failed. Failed to confirm the new server: Nova: POST"),
        ("grow", (DETACH, ""), "Resize volume failed. Failed to detach the volume: Nova: DELETE /servers/"),
        ("grow", (EXTEND, ""), "Resize volume failed. Failed to extend the volume: Cinder: POST /volumes/"),
        ("access", (FLOATING_IP, ""), "Update access failed. Failed to create the floating IP: Neutron: POST"),
        ("access", (RULES, ""), "Update access failed. Failed to let clients in: Neutron: POST"),
        ("reboot", (ACTION, '"reboot"'), "Reboot failed. Failed to reboot the server: Nova: POST /servers/"),
        ("rebuild", (ACTION, '"rebuild"'), "Rebuild failed. Failed to rebuild the server: Nova: POST /servers/"),
        ("migrate", (ACTION, '"migrate"'), "Migrate failed. Failed to migrate the server: Nova: POST /servers/"),
    ],
)
def test_a_rejected_call_changes_nothing_and_the_fault_names_step_and_cause(
    trove: Deployment, ids: Ids, operation: str, refuses: tuple[Call, str], says: str
) -> None:
    call, contains = refuses
    instance_id, ask = operations(trove, ids)[operation]
    before, rows, order = trove.record(instance_id), trove.rows_of(instance_id), trove.order
    trove.fail(call, "status", **REFUSED, **({"contains": contains} if contains else {}))
    ask()
    record = trove.until_faulted(instance_id, says)
    refused = next(each for each in trove.plug_in_requests(order) if each["fault"])
    details = trove.details_of_fault(instance_id)
    assert refused["request_id"] in details
    assert "not undone" not in details
    assert record.task_text == ("Update error: Access." if operation == "access" else "No tasks for the instance.")
    assert same(record) == same(before)
    trove.calm()
    trove.until_record(instance_id, lambda seen: seen.guest == "healthy")
    assert trove.rows_of(instance_id) == rows
    if operation == "resize":
        assert CONFIGURED[trove.flavor_name(before.flavor_id)] in trove.guest_calls(instance_id)[-1]["config_contents"]


def same(record: InstanceRecord) -> Sequence[object]:
    """Return the fields of a row that a failed operation must not change."""
    return record.flavor_id, record.volume_size, record.access, record.server_id, record.volume_id


def test_an_instance_accepts_operations_after_failed_ones(trove: Deployment, ids: Ids) -> None:
    """In the test before, each instance had a failed operation."""
    asked = operations(trove, ids)
    for instance_id, ask in asked.values():
        assert trove.record(instance_id).fault
        ask()
    trove.until_settled(*(each for each, _ in asked.values()))
    if trove.record(ids.resized).flavor_id != trove.small:
        trove.resize(ids.resized, "m1.small")
        trove.until_settled(ids.resized)


def test_a_flavor_that_fits_no_host_leaves_the_old_one(trove: Deployment, ids: Ids) -> None:
    """Stock Trove waits ten minutes for the resize."""
    trove.resize(ids.resized, "m1.huge")
    record = trove.until_faulted(ids.resized, "No valid host")
    assert record.flavor_id == trove.small
    assert CONFIGURED["m1.small"] in trove.guest_calls(ids.resized)[-1]["config_contents"]
    assert "not undone" not in trove.details_of_fault(ids.resized)
    trove.until_settled(ids.resized)


@pytest.mark.parametrize(
    ("operation", "call", "contains"),
    [("resize", ACTION, '"resize"'), ("migrate", ACTION, '"migrate"')],
)
def test_a_move_that_fails_in_nova_is_undone_by_a_hard_reboot(
    trove: Deployment, ids: Ids, operation: str, call: Call, contains: str
) -> None:
    instance_id, ask = operations(trove, ids)[operation]
    trove.fail(call, "error_later", contains=contains)
    ask()
    record = trove.until_faulted(instance_id, "ERROR")
    assert record.task == "NONE"
    assert "not undone" not in trove.details_of_fault(instance_id)
    trove.until_settled(instance_id)
    assert trove.server_of(instance_id)["flavor"]["original_name"] == "m1.small"


def test_a_volume_that_cinder_could_not_extend_is_used_again(trove: Deployment, ids: Ids) -> None:
    before = trove.record(ids.grown).volume_size or 0
    trove.fail(EXTEND, "error_later")
    trove.grow(ids.grown, before + 1)
    record = trove.until_faulted(ids.grown, "error_extending")
    assert (record.task, record.volume_size) == ("NONE", before)
    volume = trove.volumes_of(ids.grown)["datastore"]
    assert (volume["status"], volume["size"]) == ("in-use", before)
    trove.until_settled(ids.grown)


def test_an_extended_volume_that_cannot_be_attached_keeps_its_size_and_its_quota(trove: Deployment, ids: Ids) -> None:
    size = (trove.record(ids.grown).volume_size or 0) + 1
    trove.fail(ATTACH, "status", **REFUSED)
    trove.grow(ids.grown, size)
    record = trove.until_failed(ids.grown, "Failed to attach the volume")
    assert (record.task_text, record.volume_size) == ("Build error: Volume.", size)
    details = trove.details_of_fault(ids.grown)
    assert f"not undone: data volume {record.volume_id}" in details
    # The database is not started on an empty directory.
    assert trove.guest_calls(ids.grown)[-1]["call"] == "unmount_volume"
    trove.calm()
    trove.operator.mgmt_instances.reset_task_status(ids.grown)


@pytest.mark.parametrize(
    ("operation", "says"),
    [
        ("reboot", "Reboot failed. Failed to reboot the server: timed out after 6 s waiting for server"),
        ("resize", "Resize flavor failed. Failed to resize the server: timed out after 6 s waiting for server"),
    ],
)
def test_an_operation_times_out_as_configured_when_nova_stops_answering(
    trove: Deployment, ids: Ids, operation: str, says: str
) -> None:
    """Nova accepts the action, and after that every request for the state of the server fails."""
    instance_id, ask = operations(trove, ids)[operation]
    trove.fail(SERVER, "status", status=503, skip=1, times=None)
    ask()
    record = trove.until_record(instance_id, lambda seen: says in (seen.fault or ""), seconds=60)
    assert record.task_text == "Build error: Server."
