"""Something takes longer than it has: the flow ends in time, and says what was waited for and what is left."""

import threading

import pytest

from native.operations import MEDIUM, Saves, guest, ref_of, run
from native.state import check_nothing_is_half_way, state_of
from trove_resources.errors import DeadlineExceededError, FlowStoppedError
from trove_resources.flows.events import Event

pytestmark = pytest.mark.mini_only("durations are set")

LONG = 100_000.0
GRACE = 10.0
"""Seconds a flow may take beside its waits: pauses between attempts."""


@pytest.mark.parametrize(
    ("name", "duration", "said", "seconds"),
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
def test_what_never_ends_is_waited_for_no_longer_than_it_has(
    saves: Saves, name: str, duration: str, said: str, seconds: float
) -> None:
    bench = saves.bench(name)
    before, began = state_of(bench), bench.clock.now()
    bench.cloud.transitions.durations[duration] = LONG
    done = run(bench, name)
    assert isinstance(done.error, DeadlineExceededError)
    assert said in str(done.error)
    assert bench.clock.now() - began <= seconds + GRACE
    assert done.leftovers
    check_nothing_is_half_way(bench, before, done)
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
def test_what_ends_too_late_is_taken_back_when_it_has_ended(
    saves: Saves, name: str, duration: str, seconds: float
) -> None:
    bench = saves.bench(name)
    before = state_of(bench)

    def watch(event: Event) -> None:
        # The way back is not slow.
        if event.kind == "undoing":
            bench.cloud.transitions.durations[duration] = 0.0

    bench.cloud.transitions.durations[duration] = seconds
    done = run(bench, name, watch=watch)
    assert isinstance(done.error, DeadlineExceededError)
    assert not done.leftovers
    check_nothing_is_half_way(bench, before, done)


def test_a_volume_that_grows_too_late_is_as_large_as_the_cloud_says(saves: Saves) -> None:
    bench = saves.bench("resize_volume")
    bench.cloud.transitions.durations["volume.extend"] = 40.0
    done = run(bench, "resize_volume")
    assert isinstance(done.error, DeadlineExceededError)
    (data,) = [volume for volume in bench.manager.observe(ref_of(bench)).volumes if volume.role == "data"]
    assert (data.status, data.size, done.results, done.leftovers) == ("in-use", 3, {}, [])


def test_a_way_back_that_never_ends_is_said(saves: Saves) -> None:
    bench = saves.bench("resize_flavor")
    before, began = state_of(bench), bench.clock.now()
    bench.cloud.transitions.durations["server.revert"] = LONG
    verify = guest("resize_flavor/guest/verify", fails=True)
    done = run(bench, "resize_flavor", flow=bench.manager.resize_flavor(ref_of(bench), MEDIUM, verify))
    assert str(done.error) == "the guest says no"
    (left,) = done.leftovers
    assert "to be back; last state: REVERT_RESIZE" in left.reason
    assert bench.clock.now() - began <= 40 + GRACE
    check_nothing_is_half_way(bench, before, done)


@pytest.mark.parametrize(
    ("name", "duration"),
    [("resize_flavor", "server.resize"), ("migrate", "server.resize"), ("reboot", "server.reboot")],
)
def test_a_wait_ends_when_the_instance_is_to_be_deleted(saves: Saves, name: str, duration: str) -> None:
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
    check_nothing_is_half_way(bench, before, done)
