"""Something takes too long: the flow ends in time, and reports what it waited for and what is left."""

import threading

import pytest

from native.operations import MEDIUM, Saves, guest, ref_of, run
from native.state import check_every_change_is_reported, state_of
from trove_resources.errors import DeadlineExceededError, FlowStoppedError
from trove_resources.flows.events import Event

pytestmark = pytest.mark.mini_only("durations are set")

LONG = 100_000.0
GRACE = 10.0
"""Seconds that a flow may take in addition to its waits: pauses between attempts."""


@pytest.mark.parametrize(
    ("name", "duration", "expected", "seconds"),
    [
        ("resize_flavor", "server.schedule", "to be VERIFY_RESIZE; last state: RESIZE (resize_prep)", 60 + 40),
        ("resize_flavor", "server.resize", "to be VERIFY_RESIZE; last state: RESIZE", 60 + 40),
        ("resize_flavor", "server.confirm", "to be ACTIVE; last state: VERIFY_RESIZE", 60 + 40),
        ("migrate", "server.resize", "to be VERIFY_RESIZE; last state: RESIZE", 60 + 40),
        ("migrate", "server.confirm", "to be ACTIVE; last state: VERIFY_RESIZE", 60 + 40),
        ("resize_volume", "volume.extend", "to be in-use with 3 GiB; last state: extending", 30 + 30),
        ("resize_volume_detached", "volume.extend", "with 3 GiB; last state: extending", 30 + 30 + 30),
        ("resize_volume_detached", "volume.detach", "to be available; last state: detaching", 30 + 30),
        ("resize_volume_detached", "volume.attach", "to be in-use; last state: reserved", 30 + 30),
        ("reboot", "server.reboot", "to be ACTIVE; last state: REBOOT (rebooting)", 20 + 20),
        ("rebuild", "server.rebuild", "to be rebuilt; last state: REBUILD (rebuilding)", 60),
    ],
)
def test_an_action_that_never_ends_times_out_at_its_deadline(
    saves: Saves, name: str, duration: str, expected: str, seconds: float
) -> None:
    bench = saves.bench(name)
    before, began = state_of(bench), bench.clock.now()
    bench.cloud.transitions.durations[duration] = LONG
    done = run(bench, name)
    assert isinstance(done.error, DeadlineExceededError)
    assert expected in str(done.error)
    assert bench.clock.now() - began <= seconds + GRACE
    assert done.leftovers
    check_every_change_is_reported(bench, before, done)
    bench.cloud.transitions.durations[duration] = 0.0
    bench.clock.sleep(LONG)
    assert bench.delete().error is None
    assert not bench.held()


@pytest.mark.parametrize(
    ("name", "duration", "seconds"),
    [
        ("resize_flavor", "server.resize", 70.0),
        ("migrate", "server.resize", 70.0),
        ("resize_volume_detached", "volume.detach", 40.0),
        ("resize_volume_detached", "volume.attach", 40.0),
        ("reboot", "server.reboot", 25.0),
    ],
)
def test_an_action_that_ends_after_its_deadline_is_undone(
    saves: Saves, name: str, duration: str, seconds: float
) -> None:
    bench = saves.bench(name)
    before = state_of(bench)

    def watch(event: Event) -> None:
        # The undo is not slow.
        if event.kind == "undoing":
            bench.cloud.transitions.durations[duration] = 0.0

    bench.cloud.transitions.durations[duration] = seconds
    done = run(bench, name, watch=watch)
    assert isinstance(done.error, DeadlineExceededError)
    assert not done.leftovers
    check_every_change_is_reported(bench, before, done)


def test_a_volume_extended_after_its_deadline_is_recorded_with_its_actual_size(saves: Saves) -> None:
    bench = saves.bench("resize_volume")
    bench.cloud.transitions.durations["volume.extend"] = 40.0
    done = run(bench, "resize_volume")
    assert isinstance(done.error, DeadlineExceededError)
    (data,) = [volume for volume in bench.manager.observe(ref_of(bench)).volumes if volume.role == "data"]
    assert (data.status, data.size, done.results, done.leftovers) == ("in-use", 3, {}, [])


def test_a_revert_that_never_ends_is_reported(saves: Saves) -> None:
    bench = saves.bench("resize_flavor")
    before, began = state_of(bench), bench.clock.now()
    bench.cloud.transitions.durations["server.revert"] = LONG
    verify = guest("resize_flavor/guest/verify", fails=True)
    done = run(bench, "resize_flavor", flow=bench.manager.resize_flavor(ref_of(bench), MEDIUM, verify))
    assert str(done.error) == "the guest says no"
    (left,) = done.leftovers
    assert "to be back; last state: REVERT_RESIZE" in left.reason
    assert bench.clock.now() - began <= 40 + GRACE
    check_every_change_is_reported(bench, before, done)


@pytest.mark.parametrize(
    ("name", "duration"),
    [("resize_flavor", "server.resize"), ("migrate", "server.resize"), ("reboot", "server.reboot")],
)
def test_a_wait_ends_when_the_instance_is_deleted(saves: Saves, name: str, duration: str) -> None:
    bench = saves.bench(name)
    before, stop = state_of(bench), threading.Event()
    bench.cloud.transitions.durations[duration] = 15.0

    def watch(event: Event) -> None:
        if event.kind == "waiting":
            stop.set()

    done = run(bench, name, stop=stop, watch=watch)
    assert isinstance(done.error, FlowStoppedError)
    assert not done.leftovers
    bench.clock.sleep(15.0)
    check_every_change_is_reported(bench, before, done)
