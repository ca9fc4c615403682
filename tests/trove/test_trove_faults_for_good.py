"""Calls that fail permanently: a create is undone with a cause; a delete reports leftovers and can be repeated."""

import re
from collections.abc import Sequence

import pytest
from deployment import Call, Calls, Deployment

SAYS = re.compile(
    r"The instance was not created\. Failed to (?P<step>[^:]+): "
    r"(?P<service>\w+): (?P<request>\w+ .+?) (answered|did not)"
)
STATUSES = {
    ("volume", "POST", "/volumes"): "Build error: Volume.",
    ("network", "POST", "/security-groups"): "Build error: Secgroup or rule.",
    ("network", "POST", "/security-group-rules"): "Build error: Secgroup or rule.",
    ("network", "POST", "/ports"): "Build error: Port.",
    ("network", "POST", "/floatingips"): "Build error: Port.",
    ("compute", "POST", "/servers"): "Build error: Server.",
    ("dns", "POST", "/zones/*/recordsets"): "Build error: DNS.",
}
"""The task status for each creating call that fails."""

SERVICES = {"compute": "Nova", "volume": "Cinder", "network": "Neutron", "dns": "DNS"}
REFUSED = {"status": 403, "times": None}


def test_a_create_with_a_rejected_call_is_undone_and_names_step_and_cause(trove: Deployment, calls: Calls) -> None:
    """Of the reads, only those of a state or of the subnet are tested: a create that cannot look creates nothing."""
    failed = {}
    for call in (call for call in calls.create if call[1] == "POST" or "*" in call[2]):
        trove.fail(call, "status", **REFUSED)
        failed[call] = instance_id = trove.create("refused", access={"is_public": True})
        record = trove.until_failed(instance_id, "was not created")
        match = SAYS.match(record.fault or "")
        assert match, record.fault
        assert match["service"] == SERVICES[call[0]]
        assert match["request"].split()[0] == call[1] or call[0] == "dns", record.fault
        assert "of the control API" in record.fault, record.fault
        assert (record.server_id, record.volume_id, record.hostname) == (None, None, None)
        assert record.engine == "native"
        if call in STATUSES:
            assert record.task_text == STATUSES[call]
        assert trove.of(instance_id) == {}, call
        trove.calm()
    assert trove.show(instance_id).status == "ERROR"
    assert STATUSES.keys() <= failed.keys()
    trove.delete(*failed.values())


def test_the_fault_contains_the_request_id_of_the_service(trove: Deployment) -> None:
    before = trove.order
    trove.fail(("compute", "POST", "/servers"), "status", **REFUSED)
    instance_id = trove.create("traced")
    fault = trove.until_failed(instance_id, "was not created").fault or ""
    asked = next(each for each in trove.plug_in_requests(before) if each["fault"])
    assert asked["request_id"] in fault
    trove.calm()
    trove.delete(instance_id)


@pytest.mark.parametrize(
    ("call", "status", "resource"),
    [
        (("compute", "POST", "/servers"), "Build error: Server.", "server"),
        (("volume", "POST", "/volumes"), "Build error: Volume.", "data volume"),
    ],
)
def test_a_create_whose_resource_fails_later_is_undone(
    trove: Deployment, call: Call, status: str, resource: str
) -> None:
    trove.fail(call, "error_later")
    instance_id = trove.create("later")
    record = trove.until_failed(instance_id, "was not created")
    assert record.task_text == status
    assert f"wait for the {resource}: {resource}" in record.fault
    assert (record.server_id, record.volume_id) == (None, None)
    assert trove.of(instance_id) == {}
    trove.calm()
    trove.delete(instance_id)


def test_leftovers_of_an_undo_stay_in_the_row_and_in_the_fault(trove: Deployment) -> None:
    trove.fail(("dns", "POST", "/zones/*/recordsets"), "status", **REFUSED)
    trove.fail(("volume", "DELETE", "/volumes/*"), "status", **REFUSED)
    instance_id = trove.create("half-undone")
    record = trove.until_failed(instance_id, "was not created")
    (volume,) = trove.rows_of(instance_id)["volumes"]
    assert (record.server_id, record.volume_id) == (None, volume["id"])
    assert trove.of(instance_id) == {"volumes": 1}
    fault = trove.details_of_fault(instance_id)
    assert f"not undone: data volume {volume['id']} (Cinder: DELETE /volumes/{volume['id']} answered 403" in fault
    trove.calm()
    trove.delete(instance_id)


def test_a_delete_with_a_rejected_call_continues_and_reports_what_is_left(trove: Deployment, calls: Calls) -> None:
    ids = create_twenty(trove, calls.delete)
    for call, instance_id in zip(calls.delete, ids, strict=False):
        trove.fail(call, "status", **REFUSED)
        record = trove.fail_to_delete(instance_id)
        assert (record.deleted, record.task) == (False, "BUILDING"), call
        fault = trove.details_of_fault(instance_id)
        assert f"{SERVICES[call[0]]}: {'' if call[0] == 'dns' else call[1]}" in fault, fault
        assert "answered 403" in fault, fault
        left = trove.of(instance_id)
        if call[1] == "DELETE":
            assert left, call
        assert "/servers" in call[2] or "servers" not in left, call
        assert "/servers" in call[2] or "/volumes" in call[2] or "volumes" not in left, call
        trove.calm()
    assert trove.show(instance_id).status == "ERROR"
    trove.delete(*ids)


def create_twenty(trove: Deployment, calls: Sequence[Call]) -> Sequence[str]:
    """Create create_twenty instances at once. Fail unless each has one resource of each kind."""
    ids = [trove.create(f"many-{number}", access={"is_public": True}) for number in range(max(20, len(calls)))]
    trove.until_settled(*ids)
    one = dict.fromkeys(("servers", "volumes", "security_groups", "floating_ips", "recordsets"), 1)
    held = [trove.of(instance_id) for instance_id in ids]
    assert held == [{**one, "ports": 2, "security_group_rules": 3}] * len(ids)
    return ids


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (("compute", "DELETE", "/servers/*"), "to be deleted; last state: ERROR"),
        (("volume", "DELETE", "/volumes/*"), "Cinder could not delete it"),
    ],
)
def test_a_resource_whose_deletion_fails_later_is_left_until_the_next_delete(
    trove: Deployment, call: Call, words: str
) -> None:
    instance_id = trove.create("stays")
    trove.until_settled(instance_id)
    trove.fail(call, "error_later")
    record = trove.fail_to_delete(instance_id)
    assert not record.deleted
    assert words in trove.details_of_fault(instance_id)
    trove.calm()
    trove.delete(instance_id)
