"""Operations that fail in the cloud: what can be undone is, the row tells the truth, and the fault says why."""

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
"""What Trove's template for MySQL has for flavors of 2 and of 4 GiB."""


@dataclass(frozen=True, kw_only=True)
class Ids:
    """Instances to be changed."""

    resized: str
    grown: str
    opened: str
    rebooted: str
    rebuilt: str
    migrated: str


@pytest.fixture(scope="module")
def ids(native: Deployment) -> Iterator[Ids]:
    """Instances, made at once, one for each operation."""
    made = {name: native.create(f"failing-{name}") for name in Ids.__annotations__}
    native.until_settled(*made.values())
    yield Ids(**made)
    native.delete(*made.values())


@pytest.fixture(autouse=True)
def quota_is_counted(trove: Deployment, ids: Ids) -> Iterator[None]:
    """See after each test that the quota in use has changed as what the instances have, and nothing is reserved."""
    del ids
    before = trove.quota_beside_rows()
    yield
    trove.calm()
    assert trove.quota_beside_rows() == before


def operations(trove: Deployment, ids: Ids) -> dict[str, tuple[str, Callable[[], None]]]:
    """Return each operation: its instance, and what asks for it."""
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
def test_a_call_that_fails_once_is_asked_again_and_done_once(trove: Deployment, ids: Ids, kind: str) -> None:
    """The calls of all operations that change something, at once; who meets which fault makes no difference."""
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
def test_a_refused_call_leaves_everything_as_it_was_and_says_step_and_cause(
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
    """Return what of a row a failed operation leaves as it was."""
    return record.flavor_id, record.volume_size, record.access, record.server_id, record.volume_id


def test_an_instance_whose_operations_failed_takes_others(trove: Deployment, ids: Ids) -> None:
    """After the test before, each has failed once."""
    asked = operations(trove, ids)
    for instance_id, ask in asked.values():
        assert trove.record(instance_id).fault
        ask()
    trove.until_settled(*(each for each, _ in asked.values()))
    if trove.record(ids.resized).flavor_id != trove.small:
        trove.resize(ids.resized, "m1.small")
        trove.until_settled(ids.resized)


def test_a_flavor_no_host_has_room_for_leaves_the_old_one(trove: Deployment, ids: Ids) -> None:
    """Stock Trove waits ten minutes for it."""
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
def test_a_move_that_nova_leaves_half_way_is_taken_back_by_a_hard_reboot(
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


def test_a_volume_that_cinder_could_not_grow_is_used_again(trove: Deployment, ids: Ids) -> None:
    before = trove.record(ids.grown).volume_size or 0
    trove.fail(EXTEND, "error_later")
    trove.grow(ids.grown, before + 1)
    record = trove.until_faulted(ids.grown, "error_extending")
    assert (record.task, record.volume_size) == ("NONE", before)
    volume = trove.volumes_of(ids.grown)["datastore"]
    assert (volume["status"], volume["size"]) == ("in-use", before)
    trove.until_settled(ids.grown)


def test_a_volume_that_grew_and_is_not_attached_again_keeps_its_size_and_its_quota(trove: Deployment, ids: Ids) -> None:
    size = (trove.record(ids.grown).volume_size or 0) + 1
    trove.fail(ATTACH, "status", **REFUSED)
    trove.grow(ids.grown, size)
    record = trove.until_failed(ids.grown, "Failed to attach the volume")
    assert (record.task_text, record.volume_size) == ("Build error: Volume.", size)
    details = trove.details_of_fault(ids.grown)
    assert f"not undone: data volume {record.volume_id}" in details
    # It is not started on an empty directory.
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
def test_a_cloud_that_falls_silent_is_not_waited_for_longer_than_the_options_say(
    trove: Deployment, ids: Ids, operation: str, says: str
) -> None:
    """The action is taken, and from then on nobody says what became of it."""
    instance_id, ask = operations(trove, ids)[operation]
    trove.fail(SERVER, "status", status=503, skip=1, times=None)
    ask()
    record = trove.until_record(instance_id, lambda seen: says in (seen.fault or ""), seconds=60)
    assert record.task_text == "Build error: Server."
