"""A guest, and the fleet, without Trove and without a cloud."""

import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from trove.common.exception import TroveError

from trove_lab.local.guests.disks import Disk, Disks
from trove_lab.local.guests.endpoints.called import Called
from trove_lab.local.guests.endpoints.filesystem import Filesystem
from trove_lab.local.guests.endpoints.lifecycle import Lifecycle
from trove_lab.local.guests.events import Event, Server
from trove_lab.local.guests.fleet import Fleet
from trove_lab.local.guests.guest import Guest

SERVER = Server(id="s", name="db1", flavor="m1.small")
OWNED = {"trove_instance_id": "i"}


class Trove:
    """Records the reports of a guest."""

    def __init__(self) -> None:
        self.reports: list[str] = []
        self.listening = 0

    def listen(self, _endpoints: Sequence[object]) -> "Trove":
        self.listening += 1
        return self

    def stop(self) -> None:
        self.listening -= 1

    def report(self, status: Any) -> None:
        self.reports.append(status.description)

    def end_notification(self, _context: object) -> Any:
        return nullcontext()


class Behaviour:
    """Operations without a duration, and misbehavior as the test configures it."""

    def __init__(self) -> None:
        self.configured: set[str] = set()
        self.slow: dict[str, float] = {}

    def seconds(self, operation: str) -> float:
        return self.slow.get(operation, 0.0)

    def misbehaves(self, kind: str, _instance_id: str, _server: Server, _call: str) -> bool:
        return kind in self.configured

    def volume_size(self, _instance_id: str, _server: Server) -> int:
        return 5


class Harness:
    """A guest with a Trove and a configured behavior."""

    def __init__(self) -> None:
        self.trove = Trove()
        self.behaviour = Behaviour()
        self.guest = Guest(
            "i",
            SERVER,
            behaviour=self.behaviour,  # type: ignore[arg-type]
            conductor=self.trove,  # type: ignore[arg-type]
            endpoints=lambda guest: [Lifecycle(guest)],
        )
        self.agent = Lifecycle(self.guest)
        self.files = Filesystem(self.guest)

    def boot(self, flavor: str = SERVER.flavor) -> None:
        self.trove.reports.clear()
        self.guest.power_on(Server(id="s", name="db1", flavor=flavor))
        for thread in threading.enumerate():
            if thread.name == "guest-i":
                thread.join(5)

    def prepare(self) -> None:
        self.agent.prepare(None, None, [{"_name": "app"}], 512, [])


@pytest.fixture
def harness() -> Harness:
    return Harness()


def test_a_guest_reports_nothing_before_prepare(harness: Harness) -> None:
    harness.boot()
    harness.guest.heartbeat()
    assert (harness.trove.listening, harness.trove.reports) == (1, [])


def test_prepare_is_reported_from_building_to_healthy(harness: Harness) -> None:
    harness.boot()
    harness.prepare()
    assert harness.trove.reports == ["building", "healthy"]
    assert [each["_name"] for each in harness.guest.database.list_schemas(None, None, include_marker=False)[0]] == [
        "app"
    ]


def test_a_failed_prepare_is_the_last_report(harness: Harness) -> None:
    harness.behaviour.configured = {"prepare_fails"}
    harness.boot()
    with pytest.raises(TroveError):
        harness.prepare()
    harness.guest.heartbeat()
    assert harness.trove.reports == ["building", "failed to spawn"]


def test_a_member_of_a_cluster_waits_until_the_cluster_is_complete(harness: Harness) -> None:
    harness.boot()
    harness.agent.prepare(None, None, [], 512, [], cluster_config={"id": "c"})
    harness.guest.heartbeat()
    assert harness.trove.reports == ["building", "instance ready"]
    harness.agent.cluster_complete(None)
    assert harness.trove.reports[-1] == "healthy"


def test_a_running_database_runs_again_after_a_reboot(harness: Harness) -> None:
    harness.boot()
    harness.prepare()
    harness.boot()
    assert harness.trove.reports[-1] == "healthy"
    assert harness.trove.listening == 1


def test_a_stopped_database_stays_stopped_after_a_reboot(harness: Harness) -> None:
    """Source: the container's restart policy ``unless-stopped`` (``trove/guestagent/utils/docker.py``)."""
    harness.boot()
    harness.prepare()
    harness.agent.stop_db(None)
    harness.boot("m1.medium")
    assert harness.trove.reports == ["shutdown"]
    harness.agent.start_db_with_conf_changes(None, "", "8.4")
    assert harness.trove.reports == ["shutdown", "healthy"]


def test_a_database_that_does_not_start_is_reported_as_crashed(harness: Harness) -> None:
    harness.boot()
    harness.prepare()
    harness.behaviour.configured = {"does_not_start"}
    with pytest.raises(TroveError, match=r"m1\.small"):
        harness.agent.restart(None)
    assert harness.trove.reports[-1] == "crashed"


def test_a_database_that_starts_unhealthy_is_reported_as_failed(harness: Harness) -> None:
    harness.boot()
    harness.prepare()
    harness.behaviour.configured = {"starts_ill"}
    harness.agent.restart(None)
    assert harness.trove.reports[-1] == "failed to spawn"


def test_a_volume_is_unmounted_when_idle_and_mounted_once(harness: Harness) -> None:
    """Source: ``umount`` and ``mount``, which ``trove/guestagent/volume.py`` calls."""
    harness.boot()
    harness.prepare()
    with pytest.raises(TroveError, match="busy"):
        harness.files.unmount_volume(None)
    with pytest.raises(TroveError, match="mounted already"):
        harness.files.mount_volume(None)
    harness.agent.stop_db(None)
    harness.files.unmount_volume(None)
    harness.files.unmount_volume(None)
    with pytest.raises(TroveError, match="not mounted"):
        harness.agent.restart(None)
    harness.files.mount_volume(None)
    harness.agent.restart(None)
    assert harness.trove.reports[-1] == "healthy"


def test_a_database_that_was_never_prepared_does_not_restart(harness: Harness) -> None:
    harness.boot()
    with pytest.raises(TroveError, match="no container"):
        harness.agent.restart(None)


def test_a_call_is_logged_with_its_configuration_and_without_secrets(
    harness: Harness, caplog: pytest.LogCaptureFixture
) -> None:
    harness.boot()
    called: Any = Called(harness.guest, harness.agent)
    with caplog.at_level("INFO"):
        called.prepare(
            None, packages=[], databases=[], memory_mb=512, users=[], config_contents="[mysqld]", root_password="hidden"
        )
    assert '{"instance_id": "i", "call": "prepare", "config_contents": "[mysqld]"}' in caplog.text
    assert "hidden" not in caplog.text


def test_a_call_that_is_configured_to_fail_does_nothing(harness: Harness) -> None:
    harness.boot()
    harness.prepare()
    called: Any = Called(harness.guest, harness.agent)
    harness.behaviour.configured = {"call_fails"}
    with pytest.raises(TroveError, match="stop_db failed"):
        called.stop_db(None)
    assert harness.trove.reports[-1] == "healthy"


def test_a_guest_on_a_rebuilt_server_is_silent_until_trove_rebuilds_it_and_keeps_its_data(
    harness: Harness,
) -> None:
    harness.boot()
    harness.prepare()
    harness.guest.lose_root_disk()
    harness.boot()
    assert harness.trove.reports == []
    harness.agent.rebuild(None, "8.4")
    assert harness.trove.reports == ["building", "healthy"]
    assert harness.guest.database.list_schemas(None, None, include_marker=False)[0] != []


def test_a_guest_that_never_reports_does_not_listen(harness: Harness) -> None:
    harness.behaviour.configured = {"never_reports"}
    harness.boot()
    assert harness.trove.listening == 0


def test_a_guest_whose_server_is_stopped_while_it_boots_never_listens(harness: Harness) -> None:
    harness.behaviour.slow = {"boot": 0.2}
    harness.guest.power_on(SERVER)
    harness.guest.power_off()
    time.sleep(0.3)
    assert harness.trove.listening == 0


def test_a_call_in_progress_is_never_answered_when_the_server_is_stopped(harness: Harness) -> None:
    harness.boot()
    harness.prepare()
    harness.behaviour.slow = {"stop": 30.0}
    call = threading.Thread(target=harness.agent.stop_db, args=(None,), daemon=True)
    call.start()
    harness.guest.power_off()
    call.join(0.3)
    assert call.is_alive()
    assert "shutdown" not in harness.trove.reports


def event(kind: str, *, order: int = 1, metadata: Mapping[str, str] = OWNED, server: Server = SERVER) -> Event:
    return Event(order=order, kind=kind, server=server, metadata=metadata)


class Recorded:
    """A guest that only records what happens to it."""

    def __init__(self) -> None:
        self.happened: list[str] = []
        self.disk = Disk()
        self.server = SERVER

    def power_on(self, server: Server) -> None:
        self.happened.append(f"on {server.flavor}")

    def power_off(self) -> None:
        self.happened.append("off")

    def lose_root_disk(self) -> None:
        self.happened.append("root disk lost")


@pytest.mark.parametrize(
    ("kinds", "happened", "reason"),
    [
        (["active"], ["on m1.small"], "a server that becomes active boots"),
        (["active", "rebooted"], ["on m1.small", "on m1.small"], "a reboot is another boot"),
        (["active", "stopped", "started"], ["on m1.small", "off", "on m1.small"], "stopped is silent"),
        (["active", "resized", "reverted"], ["on m1.small"] * 3, "a resize and its revert are boots"),
        (["active", "confirmed"], ["on m1.small"], "confirming a resize does not affect the guest"),
        (["active", "rebuilt"], ["on m1.small", "root disk lost", "on m1.small"], "a rebuild replaces the root disk"),
        (["active", "error"], ["on m1.small", "off"], "a server in error is silent"),
        (["active", "deleted"], ["on m1.small", "off"], "a deleted server is silent"),
    ],
)
def test_guests_follow_their_servers(kinds: list[str], happened: list[str], reason: str) -> None:
    guest = Recorded()
    fleet = Fleet(None, lambda _instance_id, _server: guest)  # type: ignore[arg-type, return-value]
    for order, kind in enumerate(kinds, 1):
        fleet.handle(event(f"server.{kind}", order=order))
    assert guest.happened == happened, reason


def test_a_rebuild_that_was_handled_does_not_replace_the_root_disk_again() -> None:
    """A new process of the guests reads all events again."""
    guest = Recorded()
    guest.disk.met = 2
    fleet = Fleet(None, lambda _instance_id, _server: guest)  # type: ignore[arg-type, return-value]
    for order, kind in enumerate(("active", "rebuilt"), 1):
        fleet.handle(event(f"server.{kind}", order=order))
    assert guest.happened == ["on m1.small", "on m1.small"]


def test_disks_survive_the_process_of_the_guests(tmp_path: Path) -> None:
    disk = Disks(tmp_path / "guests").of("s")
    assert not disk.installed
    disk.installed, disk.to_run, disk.met = True, True, 7
    disk.database.create_schemas([{"_name": "app"}])
    disk.write()
    again = Disks(tmp_path / "guests").of("s")
    assert (again.installed, again.to_run, again.met) == (True, True, 7)
    assert [each["_name"] for each in again.database.list_schemas(None, None, include_marker=False)[0]] == ["app"]
    assert not Disks(tmp_path / "guests").of("another").installed


class Past:
    """Events that have already happened."""

    def __init__(self, *events: Event) -> None:
        self._events = events

    def after(self, order: int, *, wait: float = 0.0) -> Sequence[Event]:
        del wait
        return [event for event in self._events if event.order > order]


def test_a_new_process_boots_each_guest_once_and_deleted_ones_never() -> None:
    guests: dict[str, Recorded] = {}
    deleted = Server(id="deleted", name="db2", flavor="m1.small")
    past = Past(
        event("server.active", order=1),
        event("server.active", order=2, server=deleted),
        event("server.resizing", order=3),
        event("server.resized", order=4, server=Server(id="s", name="db1", flavor="m1.medium")),
        event("server.deleted", order=5, server=deleted),
        event("server.rebuilt", order=6, server=Server(id="s", name="db1", flavor="m1.medium")),
        event("server.confirmed", order=7, server=Server(id="s", name="db1", flavor="m1.medium")),
    )
    fleet = Fleet(past, lambda _instance_id, server: guests.setdefault(server.id, Recorded()))  # type: ignore[arg-type, return-value]
    fleet.catch_up()
    assert {server_id: guest.happened for server_id, guest in guests.items()} == {
        "s": ["root disk lost", "on m1.medium"]
    }


def test_a_running_server_sees_its_volume_grow() -> None:
    guest = Recorded()
    fleet = Fleet(Past(), lambda _instance_id, _server: guest)  # type: ignore[arg-type, return-value]
    fleet.handle(event("server.active"))
    fleet.handle(event("volume.extended", server=Server(id="s", name="db1", flavor="m1.small", volumes={"v": 3})))
    assert guest.happened == ["on m1.small"]
    assert guest.server.volumes == {"v": 3}


def test_a_canceled_boot_leaves_no_agent_behind(harness: Harness) -> None:
    """The server is stopped while the agent starts to listen."""
    listen = harness.trove.listen

    def slowly(endpoints: Sequence[object]) -> Trove:
        harness.guest.power_off()
        return listen(endpoints)

    harness.trove.listen = slowly  # type: ignore[method-assign]
    harness.boot()
    assert harness.trove.listening == 0


def test_a_server_without_an_instance_has_no_guest() -> None:
    def refuse(_instance_id: str, _server: Server) -> Guest:
        raise AssertionError

    Fleet(None, refuse).handle(event("server.active", metadata={}))  # type: ignore[arg-type]
