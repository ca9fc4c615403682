"""Server events: the hypervisors of a real cloud append them, the guests read them."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from realcloud_drivers import server_events
from trove_lab.local.guests.events import Server
from trove_lab.real.journal import JournalEvents

WRITER = """
import sys
from pathlib import Path
from realcloud_drivers import server_events
for number in range(100):
    server_events.append(Path(sys.argv[1]), {"kind": "server.active", "server_id": sys.argv[2], "name": "x" * 5000,
                                             "flavor": str(number), "metadata": {}})
"""


def happening(server_id: str, kind: str = "server.active", **more: Any) -> dict[str, Any]:
    return {"kind": kind, "server_id": server_id, "name": "db1", "flavor": "m1.small", "metadata": {}, **more}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "hypervisors.jsonl"


def test_events_that_processes_append_concurrently_are_complete_and_ordered(path: Path) -> None:
    drivers = Path(server_events.__file__).parents[1]
    command = [sys.executable, "-c", WRITER, str(path)]
    writers = [
        subprocess.Popen([*command, name], env={"PYTHONPATH": str(drivers)})  # noqa: S603 - our own code
        for name in ("one", "two", "three")
    ]
    assert [each.wait(30) for each in writers] == [0, 0, 0]
    events = JournalEvents(path).after(0)
    assert [event.order for event in events] == sorted({event.order for event in events})
    for name in ("one", "two", "three"):
        assert [int(event.server.flavor) for event in events if event.server.id == name] == list(range(100))


def test_a_reader_continues_after_the_last_event_it_read(path: Path) -> None:
    events = JournalEvents(path)
    assert list(events.after(0)) == []
    server_events.append(path, happening("a"))
    (first,) = events.after(0)
    server_events.append(path, happening("b", "volume.extended", volumes={"v": 3}))
    (second,) = events.after(first.order)
    assert second.server == Server(id="b", name="db1", flavor="m1.small", volumes={"v": 3})
    assert list(events.after(second.order)) == []


def test_a_reader_waits_for_the_next_event(path: Path) -> None:
    writer = subprocess.Popen(  # noqa: S603 - our own code
        [sys.executable, "-c", WRITER, str(path), "late"],
        env={"PYTHONPATH": str(Path(server_events.__file__).parents[1])},
    )
    found = JournalEvents(path).after(0, wait=20)
    writer.wait(30)
    assert found[0].server.id == "late"


def test_a_line_torn_by_a_crash_is_skipped_and_hides_no_other(path: Path) -> None:
    server_events.append(path, happening("a"))
    with path.open("ab") as file:
        file.write(b'{"kind": "server.act')
    assert [event.server.id for event in JournalEvents(path).after(0)] == ["a"]
    server_events.append(path, happening("b"))
    assert [event.server.id for event in JournalEvents(path).after(0)] == ["a", "b"]


def test_without_the_environment_variable_no_event_is_written(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(server_events.FILE, raising=False)
    server_events.emit(happening("a"))
    monkeypatch.setenv(server_events.FILE, str(path))
    server_events.emit(happening("b"))
    assert [event.server.id for event in JournalEvents(path).after(0)] == ["b"]
