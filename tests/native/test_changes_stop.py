"""A delete arrives during a change: the task ends at its next step, and leaves nothing inconsistent."""

import threading

import pytest

from native.operations import Saves, flow_of, run
from native.state import check_every_change_is_reported, state_of
from trove_lab.conformance.flows import step_names
from trove_resources.errors import FlowStoppedError
from trove_resources.flows.events import Event

pytestmark = pytest.mark.mini_only("the clock is set")

TOO_LATE = {
    "resize_flavor": {"resize_flavor/server/confirm", "resize_flavor/server/active"},
    # Once the volume is extended, it is attached again whatever else happens.
    "resize_volume": {
        *("resize_volume/volume/grow_in_use", "resize_volume/guest/before", "resize_volume/volume/detach"),
        *("resize_volume/volume/grow", "resize_volume/volume/size", "resize_volume/volume/attach"),
        "resize_volume/guest/after",
    },
    "resize_volume_detached": {
        *("resize_volume/volume/grow", "resize_volume/volume/size", "resize_volume/volume/attach"),
        "resize_volume/guest/after",
    },
    "close": {"update_access/floating_ip/delete"},
    "open": {"update_access/security_group/remove"},
    "reboot": {"reboot/server/reboot"},
    "rebuild": {"rebuild/server/rebuild"},
    "migrate": {"migrate/server/confirm", "migrate/server/active"},
}
"""The steps after which an operation runs to its end."""


@pytest.mark.parametrize("name", TOO_LATE)
def test_an_operation_stopped_after_any_step_is_undone_or_completed(saves: Saves, name: str) -> None:
    for step in step_names(flow_of(saves.bench(name), name)):
        error = _stop_after(saves, name, step)
        assert (error is None) == (step in TOO_LATE[name]), (step, error)
        assert error is None or isinstance(error, FlowStoppedError)


@pytest.mark.parametrize("name", TOO_LATE)
def test_an_operation_on_an_instance_that_is_being_deleted_does_nothing(saves: Saves, name: str) -> None:
    bench = saves.bench(name)
    before, stop = state_of(bench), threading.Event()
    stop.set()
    done = run(bench, name, stop=stop)
    assert isinstance(done.error, FlowStoppedError)
    assert (state_of(bench), done.leftovers, done.results) == (before, [], {})


def _stop_after(saves: Saves, name: str, step: str) -> Exception | None:
    bench = saves.bench(name)
    before, stop = state_of(bench), threading.Event()

    def watch(event: Event) -> None:
        if event.kind == "succeeded" and event.step == step:
            stop.set()

    done = run(bench, name, stop=stop, watch=watch)
    assert not done.leftovers, step
    if done.error is not None:
        check_every_change_is_reported(bench, before, done)
    return done.error
