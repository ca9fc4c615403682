"""The format of what the plug-in stores in Heat's database: engines of two versions read it in a rolling upgrade."""

import json

import pytest

from trove_resources_heat.resource_data import CONFIRMED, RESIZE, Move, ResourceData

pytestmark = pytest.mark.mini_only(reason="needs no cloud")

MOVE = {
    "id": "m1",
    "operation": "resize",
    "goal": "flavor-id",
    "status": "WAITING",
    "deadline": "2026-11-22T18:40:00Z",
    "reason": None,
    "server_id": "s1",
}
"""As version 0.1.0 stores it."""


class StoredResource:
    """A resource with the methods of Heat's that read and write resource data."""

    def __init__(self, **rows: str) -> None:
        self.resource_id = "s1"
        self.rows = rows
        self._data: dict[str, str] | None = None

    def data(self) -> dict[str, str]:
        return self.rows

    def data_set(self, key: str, value: str) -> None:
        self.rows[key] = value

    def data_delete(self, key: str) -> None:
        self.rows.pop(key, None)


def test_a_stored_move_and_its_revert_request_are_read() -> None:
    request = json.dumps({"id": "m1", "reason": "too slow", "server_id": "s1"})
    data = ResourceData(StoredResource(trove_move=json.dumps(MOVE), trove_verdict=request))
    move = Move(id="m1", operation="resize", goal="flavor-id", status="WAITING", deadline="2026-11-22T18:40:00Z")
    assert (data.latest_move(), data.revert_reason(move)) == (move, "too slow")


def test_stored_operations_are_read_by_kind() -> None:
    row = {"id": "mine", "status": "COMPLETE", "reason": None, "at": "2026-11-22T18:40:00Z"}
    data = ResourceData(StoredResource(trove_operation_reboot=json.dumps({**row, "server_id": "s1"})))
    assert data.operations() == {"reboot": row}


def test_what_is_stored_about_another_server_is_ignored() -> None:
    data = ResourceData(StoredResource(trove_move=json.dumps({**MOVE, "server_id": "s0"})))
    assert data.latest_move() is None


def test_a_move_is_stored_under_the_same_keys() -> None:
    resource = StoredResource()
    data = ResourceData(resource)
    move = data.begin_move(RESIZE, "flavor-id")
    data.request_revert("too slow")
    data.set_operation("revert", "mine", "COMPLETE")
    assert set(resource.rows) == {"trove_move", "trove_verdict", "trove_operation_revert"}
    assert set(json.loads(resource.rows["trove_move"])) == set(MOVE)
    data.end_move(move.id, CONFIRMED)
    assert json.loads(resource.rows["trove_move"])["status"] == "CONFIRMED"
