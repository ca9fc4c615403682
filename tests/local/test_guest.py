"""One guest, and the fleet, without Trove and without a cloud."""

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
    """Takes what a guest reports."""

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

    def notifying_the_end(self, _context: object) -> Any:
        return nullcontext()


class Behaviour:
    """Everything at once, and misbehaviours as the test says."""

    def __init__(self) -> None:
        self.told: set[str] = set()
        self.slow: dict[str, float] = {}

    def seconds(self, operation: str) -> float:
        return self.slow.get(operation, 0.0)

    def misbehaves(self, kind: str, _instance_id: str, _server: Server, _call: str) -> bool:
        return kind in self.told

    def volume_size(self, _instance_id: str, _server: Server) -> int:
        return 5


class Lived:
    """A guest with what is around it."""

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
def lived() -> Lived:
    return Lived()


def test_a_guest_says_nothing_before_prepare(lived: Lived) -> None:
    lived.boot()
    lived.guest.heartbeat()
    assert (lived.trove.listening, lived.trove.reports) == (1, [])


def test_prepare_is_reported_from_building_to_healthy(lived: Lived) -> None:
    lived.boot()
    lived.prepare()
    assert lived.trove.reports == ["building", "healthy"]
    assert [each["_name"] for each in lived.guest.database.list_schemas(None, None, include_marker=False)[0]] == ["app"]


def test_a_failed_prepare_is_reported_and_then_nothing_more(lived: Lived) -> None:
    lived.behaviour.told = {"prepare_fails"}
    lived.boot()
    with pytest.raises(TroveError):
        lived.prepare()
    lived.guest.heartbeat()
    assert lived.trove.reports == ["building", "failed to spawn"]


def test_a_member_of_a_cluster_waits_until_the_cluster_is_complete(lived: Lived) -> None:
    lived.boot()
    lived.agent.prepare(None, None, [], 512, [], cluster_config={"id": "c"})
    lived.guest.heartbeat()
    assert lived.trove.reports == ["building", "instance ready"]
    lived.agent.cluster_complete(None)
    assert lived.trove.reports[-1] == "healthy"


def test_a_running_database_runs_again_after_a_reboot(lived: Lived) -> None:
    lived.boot()
    lived.prepare()
    lived.boot()
    assert lived.trove.reports[-1] == "healthy"
    assert lived.trove.listening == 1


def test_a_stopped_database_stays_stopped_after_a_reboot(lived: Lived) -> None:
    """Source: the container's restart policy ``unless-stopped`` (``trove/guestagent/utils/docker.py``)."""
    lived.boot()
    lived.prepare()
    lived.agent.stop_db(None)
    lived.boot("m1.medium")
    assert lived.trove.reports == ["shutdown"]
    lived.agent.start_db_with_conf_changes(None, "", "8.4")
    assert lived.trove.reports == ["shutdown", "healthy"]


def test_a_database_told_not_to_start_is_reported_as_crashed(lived: Lived) -> None:
    lived.boot()
    lived.prepare()
    lived.behaviour.told = {"does_not_start"}
    with pytest.raises(TroveError, match=r"m1\.small"):
        lived.agent.restart(None)
    assert lived.trove.reports[-1] == "crashed"


def test_a_database_that_starts_ill_reports_that_it_failed(lived: Lived) -> None:
    lived.boot()
    lived.prepare()
    lived.behaviour.told = {"starts_ill"}
    lived.agent.restart(None)
    assert lived.trove.reports[-1] == "failed to spawn"


def test_a_volume_is_unmounted_when_nothing_uses_it_and_mounted_once(lived: Lived) -> None:
    """Source: ``umount`` and ``mount``, which ``trove/guestagent/volume.py`` calls."""
    lived.boot()
    lived.prepare()
    with pytest.raises(TroveError, match="busy"):
        lived.files.unmount_volume(None)
    with pytest.raises(TroveError, match="mounted already"):
        lived.files.mount_volume(None)
    lived.agent.stop_db(None)
    lived.files.unmount_volume(None)
    lived.files.unmount_volume(None)
    with pytest.raises(TroveError, match="not mounted"):
        lived.agent.restart(None)
    lived.files.mount_volume(None)
    lived.agent.restart(None)
    assert lived.trove.reports[-1] == "healthy"


def test_a_database_that_was_never_prepared_does_not_restart(lived: Lived) -> None:
    lived.boot()
    with pytest.raises(TroveError, match="no container"):
        lived.agent.restart(None)


def test_a_call_is_logged_with_the_configuration_it_brings_and_with_nothing_secret(
    lived: Lived, caplog: pytest.LogCaptureFixture
) -> None:
    lived.boot()
    called: Any = Called(lived.guest, lived.agent)
    with caplog.at_level("INFO"):
        called.prepare(
            None, packages=[], databases=[], memory_mb=512, users=[], config_contents="[mysqld]", root_password="hidden"
        )
    assert '{"instance_id": "i", "call": "prepare", "config_contents": "[mysqld]"}' in caplog.text
    assert "hidden" not in caplog.text


def test_a_call_told_to_fail_does_nothing(lived: Lived) -> None:
    lived.boot()
    lived.prepare()
    called: Any = Called(lived.guest, lived.agent)
    lived.behaviour.told = {"call_fails"}
    with pytest.raises(TroveError, match="stop_db failed"):
        called.stop_db(None)
    assert lived.trove.reports[-1] == "healthy"


def test_a_rebuilt_guest_is_silent_until_it_is_rebuilt_by_trove_and_has_its_data(lived: Lived) -> None:
    lived.boot()
    lived.prepare()
    lived.guest.lose_root_disk()
    lived.boot()
    assert lived.trove.reports == []
    lived.agent.rebuild(None, "8.4")
    assert lived.trove.reports == ["building", "healthy"]
    assert lived.guest.database.list_schemas(None, None, include_marker=False)[0] != []


def test_a_guest_told_never_to_report_does_not_listen(lived: Lived) -> None:
    lived.behaviour.told = {"never_reports"}
    lived.boot()
    assert lived.trove.listening == 0


def test_a_guest_whose_server_goes_away_while_it_boots_never_listens(lived: Lived) -> None:
    lived.behaviour.slow = {"boot": 0.2}
    lived.guest.power_on(SERVER)
    lived.guest.power_off()
    time.sleep(0.3)
    assert lived.trove.listening == 0


def test_what_the_agent_works_on_is_never_answered_when_the_server_goes_away(lived: Lived) -> None:
    lived.boot()
    lived.prepare()
    lived.behaviour.slow = {"stop": 30.0}
    call = threading.Thread(target=lived.agent.stop_db, args=(None,), daemon=True)
    call.start()
    lived.guest.power_off()
    call.join(0.3)
    assert call.is_alive()
    assert "shutdown" not in lived.trove.reports


def event(kind: str, *, order: int = 1, metadata: Mapping[str, str] = OWNED, server: Server = SERVER) -> Event:
    return Event(order=order, kind=kind, server=server, metadata=metadata)


class Recorded:
    """A guest that only remembers what happened to it."""

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
        (["active", "confirmed"], ["on m1.small"], "to confirm a resize does nothing to the guest"),
        (["active", "rebuilt"], ["on m1.small", "root disk lost", "on m1.small"], "a rebuild takes the root disk"),
        (["active", "error"], ["on m1.small", "off"], "a server in error is silent"),
        (["active", "deleted"], ["on m1.small", "off"], "a deleted server is silent"),
    ],
)
def test_guests_follow_their_servers(kinds: list[str], happened: list[str], reason: str) -> None:
    guest = Recorded()
    fleet = Fleet(None, lambda _instance_id, _server: guest)  # type: ignore[arg-type, return-value]
    for order, kind in enumerate(kinds, 1):
        fleet.meet(event(f"server.{kind}", order=order))
    assert guest.happened == happened, reason


def test_a_rebuild_that_is_told_again_takes_no_root_disk_again() -> None:
    """All events are told again to a new process of the guests."""
    guest = Recorded()
    guest.disk.met = 2
    fleet = Fleet(None, lambda _instance_id, _server: guest)  # type: ignore[arg-type, return-value]
    for order, kind in enumerate(("active", "rebuilt"), 1):
        fleet.meet(event(f"server.{kind}", order=order))
    assert guest.happened == ["on m1.small", "on m1.small"]


def test_disks_outlive_the_process_of_the_guests(tmp_path: Path) -> None:
    disk = Disks(tmp_path / "guests").of("s")
    assert not disk.installed
    disk.installed, disk.to_run, disk.met = True, True, 7
    disk.database.create_schemas([{"_name": "app"}])
    disk.write()
    again = Disks(tmp_path / "guests").of("s")
    assert (again.installed, again.to_run, again.met) == (True, True, 7)
    assert [each["_name"] for each in again.database.list_schemas(None, None, include_marker=False)[0]] == ["app"]
    assert not Disks(tmp_path / "guests").of("another").installed


class Told:
    """Events that are told at once."""

    def __init__(self, *told: Event) -> None:
        self._told = told

    def after(self, order: int, *, wait: float = 0.0) -> Sequence[Event]:
        del wait
        return [event for event in self._told if event.order > order]


def test_a_new_process_that_is_told_a_whole_past_boots_a_guest_once_and_the_dead_never() -> None:
    guests: dict[str, Recorded] = {}
    gone = Server(id="gone", name="db2", flavor="m1.small")
    told = Told(
        event("server.active", order=1),
        event("server.active", order=2, server=gone),
        event("server.resizing", order=3),
        event("server.resized", order=4, server=Server(id="s", name="db1", flavor="m1.medium")),
        event("server.deleted", order=5, server=gone),
        event("server.rebuilt", order=6, server=Server(id="s", name="db1", flavor="m1.medium")),
        event("server.confirmed", order=7, server=Server(id="s", name="db1", flavor="m1.medium")),
    )
    fleet = Fleet(told, lambda _instance_id, server: guests.setdefault(server.id, Recorded()))  # type: ignore[arg-type, return-value]
    fleet.catch_up()
    assert {server_id: guest.happened for server_id, guest in guests.items()} == {
        "s": ["root disk lost", "on m1.medium"]
    }


def test_a_server_that_runs_sees_its_volume_grow() -> None:
    guest = Recorded()
    fleet = Fleet(Told(), lambda _instance_id, _server: guest)  # type: ignore[arg-type, return-value]
    fleet.meet(event("server.active"))
    fleet.meet(event("volume.extended", server=Server(id="s", name="db1", flavor="m1.small", volumes={"v": 3})))
    assert guest.happened == ["on m1.small"]
    assert guest.server.volumes == {"v": 3}


def test_a_boot_that_is_overtaken_leaves_no_agent_behind(lived: Lived) -> None:
    """The server goes off while the agent begins to listen."""
    listen = lived.trove.listen

    def slowly(endpoints: Sequence[object]) -> Trove:
        lived.guest.power_off()
        return listen(endpoints)

    lived.trove.listen = slowly  # type: ignore[method-assign]
    lived.boot()
    assert lived.trove.listening == 0


def test_a_server_that_is_no_instance_has_no_guest() -> None:
    def refuse(_instance_id: str, _server: Server) -> Guest:
        raise AssertionError

    Fleet(None, refuse).meet(event("server.active", metadata={}))  # type: ignore[arg-type]
