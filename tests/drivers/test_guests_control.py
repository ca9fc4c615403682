"""The control API of the guests of a real cloud, which is part of minicloud's."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from realcloud_drivers import server_events
from trove_lab.local.control import Control
from trove_lab.local.guests.events import Server
from trove_lab.real import knobs
from trove_lab.real.journal import JournalEvents

SERVER = Server(id="s", name="db1", flavor="m1.small", volumes={"v": 4})


@pytest.fixture
def told(tmp_path: Path) -> knobs.ControlledBehaviour:
    return knobs.ControlledBehaviour(JournalEvents(tmp_path / "hypervisors.jsonl"))


@pytest.fixture
def control(told: knobs.ControlledBehaviour) -> Iterator[Control]:
    server = knobs.server(told, 0)
    server.prepare()
    thread = threading.Thread(target=server.serve)
    thread.start()
    yield Control(f"http://127.0.0.1:{server.bind_addr[1]}")
    server.stop()
    thread.join()


def test_a_guest_misbehaves_the_given_number_of_times(told: knobs.ControlledBehaviour, control: Control) -> None:
    control.post("guests", {"kind": "prepare_fails", "instance": "db1", "times": 1})
    assert [told.misbehaves("prepare_fails", "i", SERVER) for _ in range(2)] == [True, False]
    assert [rule["met"] for rule in control.get("guests")["guests"]] == [1]
    control.post("guests", {"kind": "starts_ill", "flavor": "m1.medium"})
    assert not told.misbehaves("starts_ill", "i", SERVER)
    assert control.delete("guests") == {"removed": 2}


def test_a_guest_takes_the_given_time(told: knobs.ControlledBehaviour, control: Control) -> None:
    assert told.seconds("prepare") == 0
    control.post("durations", {"guest.prepare": 1.5})
    assert told.seconds("prepare") == 1.5


def test_a_guest_sees_the_volume_size_of_its_host(told: knobs.ControlledBehaviour) -> None:
    assert told.volume_size("i", SERVER) == 4
    assert told.volume_size("i", Server(id="s", name="db1", flavor="m1.small")) == 0


def test_an_unknown_kind_is_rejected(control: Control) -> None:
    with pytest.raises(requests.HTTPError, match="400"):
        control.post("guests", {"kind": "dances"})


def test_events_are_listed_with_their_order(control: Control, tmp_path: Path) -> None:
    row = {"kind": "server.active", "server_id": "s", "name": "db1", "flavor": "m1.small", "metadata": {}}
    for kind in ("server.active", "server.rebooted"):
        server_events.append(tmp_path / "hypervisors.jsonl", row | {"kind": kind})
    events = control.get("events")["events"]
    assert [event["kind"] for event in events] == ["server.active", "server.rebooted"]
    assert control.get("events", after=events[0]["order"])["events"] == events[1:]


def test_other_paths_of_minicloud_are_not_found(control: Control) -> None:
    with pytest.raises(requests.HTTPError, match="404"):
        control.get("inventory")
