"""Waiting: polling starts fast and slows down; concurrent waits share one list request; every wait has a deadline."""

import weakref
from itertools import pairwise

import pytest

from flows.kit import Lamps, Together, transient, until_on
from trove_lab.conformance.clock import LeapClock
from trove_resources.errors import DeadlineExceededError, FlowStoppedError, RefusedError
from trove_resources.flows.waiting import LONGEST, SHARED, SOON, OneByOne, Waiter


@pytest.fixture
def clock() -> LeapClock:
    return LeapClock()


@pytest.fixture
def waiter(clock: LeapClock) -> Waiter:
    return Waiter(clock)


def test_a_single_wait_requests_one_resource(clock: LeapClock, waiter: Waiter) -> None:
    lamps = Lamps(clock, on_at=3.0)
    assert waiter.wait(lamps, "a", until_on()) == "on"
    assert {what for _, what in lamps.asked} == {"one a"}


def test_a_state_that_is_already_reached_costs_one_request_and_no_time(clock: LeapClock, waiter: Waiter) -> None:
    lamps = Lamps(clock)
    waiter.wait(lamps, "a", until_on())
    assert lamps.asked == [(0.0, "one a")]


def test_the_state_of_a_deleted_resource_is_none(clock: LeapClock, waiter: Waiter) -> None:
    wait = until_on()
    object.__setattr__(wait, "reached", lambda state: state is None)
    assert waiter.wait(Lamps(clock), "gone", wait) is None


@pytest.mark.parametrize("seconds", [0.3, 5.0, 15.0, 60.0, 600.0])
def test_a_state_is_noticed_at_most_a_tenth_of_the_wait_late(clock: LeapClock, waiter: Waiter, seconds: float) -> None:
    lamps = Lamps(clock, on_at=seconds)
    waiter.wait(lamps, "a", until_on())
    late = clock.now() - seconds
    assert late <= min(LONGEST, max(0.11, seconds * 0.1)) + 1e-6
    gaps = [round(later - earlier, 6) for earlier, later in pairwise(lamps.moments)]
    assert gaps == sorted(gaps)
    assert max(gaps) <= LONGEST + 1e-6


def test_a_hundred_concurrent_waits_share_one_list(clock: LeapClock, waiter: Waiter) -> None:
    lamps = Lamps(clock, on_at=100.0)
    crowd = Together([lambda name=f"lamp-{n}": waiter.wait(lamps, name, until_on()) for n in range(100)])  # type: ignore[misc]
    crowd.run()
    assert not crowd.errors
    lists = [moment for moment, what in lamps.asked if what.startswith("many")]
    assert min(later - earlier for earlier, later in pairwise(lists)) >= SHARED - 1e-6
    # The first wait, for a moment, and the last one, after all others have left, are alone and ask for one.
    kinds = [what.split()[0] for _, what in lamps.asked]
    first, last = kinds.index("many"), len(kinds) - kinds[::-1].index("many")
    assert set(kinds[first:last]) == {"many"}
    assert len(kinds) - last <= 1
    # However many waits started before the first list, only one of them sends a request at a time.
    assert min(later - earlier for earlier, later in pairwise(lamps.moments[:last])) >= SOON - 1e-6
    assert len(lists) <= 100.0 / SHARED


def test_a_timeout_names_what_was_waited_for_how_long_and_the_last_state(clock: LeapClock, waiter: Waiter) -> None:
    with pytest.raises(DeadlineExceededError) as late:
        waiter.wait(Lamps(clock, on_at=1e9), "a", until_on(30.0))
    assert str(late.value) == "timed out after 30 s waiting for the lamp to be on; last state: off"
    assert 30.0 <= clock.now() <= 30.0 + LONGEST


def test_a_request_that_fails_for_a_while_is_repeated(clock: LeapClock, waiter: Waiter) -> None:
    lamps = Lamps(clock)
    lamps.failures = [transient()] * 20
    assert waiter.wait(lamps, "a", until_on()) == "on"
    assert len(lamps.asked) == 21


def test_a_request_that_fails_until_the_deadline_is_reported_as_the_last_state(
    clock: LeapClock, waiter: Waiter
) -> None:
    lamps = Lamps(clock)
    lamps.failures = [transient("the lamps are in the wash")] * 1000
    with pytest.raises(DeadlineExceededError, match="the lamps are in the wash"):
        waiter.wait(lamps, "a", until_on(30.0))


def test_a_rejected_request_ends_the_wait(clock: LeapClock, waiter: Waiter) -> None:
    lamps = Lamps(clock)
    lamps.failures = [RefusedError(service="Lamps", request="GET /lamps", status=403, said="not yours")]
    with pytest.raises(RefusedError):
        waiter.wait(lamps, "a", until_on())
    assert len(lamps.asked) == 1


def test_a_rejected_list_ends_all_its_waits(clock: LeapClock, waiter: Waiter) -> None:
    lamps = Lamps(clock, on_at=1e9)

    def refuse() -> None:
        if clock.now() > 5.0 and not lamps.failures:
            lamps.failures = [RefusedError(service="Lamps", request="GET /lamps", status=403, said="not yours")]

    crowd = Together([lambda name=f"lamp-{n}": waiter.wait(lamps, name, until_on(100, refuse)) for n in range(5)])  # type: ignore[misc]
    crowd.run()
    assert {type(error) for error in crowd.errors} == {RefusedError}
    assert len(crowd.errors) == 5


def test_a_wait_that_is_given_up_does_not_affect_the_others(clock: LeapClock, waiter: Waiter) -> None:
    lamps = Lamps(clock, on_at=20.0)

    def give_up() -> None:
        if clock.now() > 3.0:
            raise FlowStoppedError("enough")

    crowd = Together(
        [
            lambda: waiter.wait(lamps, "a", until_on(check=give_up)),
            lambda: waiter.wait(lamps, "b", until_on()),
            lambda: waiter.wait(lamps, "c", until_on()),
        ]
    )
    crowd.run()
    assert [type(error) for error in crowd.errors] == [FlowStoppedError]
    assert clock.now() >= 20.0


def test_an_error_of_the_condition_ends_the_wait(clock: LeapClock, waiter: Waiter) -> None:
    wait = until_on()

    def broken(_state: str | None) -> bool:
        raise ValueError("it is broken")

    object.__setattr__(wait, "reached", broken)
    with pytest.raises(ValueError, match="broken"):
        waiter.wait(Lamps(clock), "a", wait)


def test_no_reference_to_a_key_is_kept_after_the_waits(clock: LeapClock, waiter: Waiter) -> None:
    """A key may hold a client."""

    class Cloud:
        """Something that a key holds."""

    cloud = Cloud()
    kept = weakref.ref(cloud)
    lamps = Lamps(clock, on_at=5)
    lamps.key = cloud
    crowd = Together([lambda name=f"lamp-{n}": waiter.wait(lamps, name, until_on()) for n in range(5)])  # type: ignore[misc]
    crowd.run()
    assert not crowd.errors
    lamps.key = "lamp"
    del cloud
    assert kept() is None


def test_resources_without_a_list_are_requested_one_by_one_and_deleted_ones_left_out() -> None:
    asked: list[str] = []

    def ask(resource_id: str) -> str | None:
        asked.append(resource_id)
        return None if resource_id == "gone" else f"{resource_id} is on"

    watch = OneByOne("lamps", ask)
    assert watch.many(["a", "gone", "b"]) == {"a": "a is on", "b": "b is on"}
    assert asked == ["a", "gone", "b"]
    assert watch.one("gone") is None
