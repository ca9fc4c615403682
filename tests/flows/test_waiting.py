"""Waiting: soon at first, then later and later; one question for all who wait; never for ever."""

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


def test_who_waits_alone_asks_for_one(clock: LeapClock, waiter: Waiter) -> None:
    lamps = Lamps(clock, on_at=3.0)
    assert waiter.wait(lamps, "a", until_on()) == "on"
    assert {what for _, what in lamps.asked} == {"one a"}


def test_what_is_there_already_costs_one_question_and_no_time(clock: LeapClock, waiter: Waiter) -> None:
    lamps = Lamps(clock)
    waiter.wait(lamps, "a", until_on())
    assert lamps.asked == [(0.0, "one a")]


def test_what_is_gone_is_none(clock: LeapClock, waiter: Waiter) -> None:
    wait = until_on()
    object.__setattr__(wait, "reached", lambda state: state is None)
    assert waiter.wait(Lamps(clock), "gone", wait) is None


@pytest.mark.parametrize("seconds", [0.3, 5.0, 15.0, 60.0, 600.0])
def test_nobody_learns_of_it_more_than_a_tenth_too_late(clock: LeapClock, waiter: Waiter, seconds: float) -> None:
    lamps = Lamps(clock, on_at=seconds)
    waiter.wait(lamps, "a", until_on())
    late = clock.now() - seconds
    assert late <= min(LONGEST, max(0.11, seconds * 0.1)) + 1e-6
    gaps = [round(later - earlier, 6) for earlier, later in pairwise(lamps.moments)]
    assert gaps == sorted(gaps)
    assert max(gaps) <= LONGEST + 1e-6


def test_a_hundred_who_wait_share_one_list(clock: LeapClock, waiter: Waiter) -> None:
    lamps = Lamps(clock, on_at=100.0)
    crowd = Together([lambda name=f"lamp-{n}": waiter.wait(lamps, name, until_on()) for n in range(100)])  # type: ignore[misc]
    crowd.run()
    assert not crowd.errors
    lists = [moment for moment, what in lamps.asked if what.startswith("many")]
    assert min(later - earlier for earlier, later in pairwise(lists)) >= SHARED - 1e-6
    # Those who come before there is a second ask for one, and so does the last after all others have left.
    kinds = [what.split()[0] for _, what in lamps.asked]
    first, last = kinds.index("many"), len(kinds) - kinds[::-1].index("many")
    assert set(kinds[first:last]) == {"many"}
    assert len(kinds) - last <= 1
    # However many came before the first list, one of them asked, and not each.
    assert min(later - earlier for earlier, later in pairwise(lamps.moments[:last])) >= SOON - 1e-6
    assert len(lists) <= 100.0 / SHARED


def test_the_deadline_says_what_how_long_and_what_the_cloud_said_last(clock: LeapClock, waiter: Waiter) -> None:
    with pytest.raises(DeadlineExceededError) as late:
        waiter.wait(Lamps(clock, on_at=1e9), "a", until_on(30.0))
    assert str(late.value) == "timed out after 30 s waiting for the lamp to be on; last state: off"
    assert 30.0 <= clock.now() <= 30.0 + LONGEST


def test_a_question_that_fails_for_a_while_is_asked_again(clock: LeapClock, waiter: Waiter) -> None:
    lamps = Lamps(clock)
    lamps.failures = [transient()] * 20
    assert waiter.wait(lamps, "a", until_on()) == "on"
    assert len(lamps.asked) == 21


def test_a_question_that_fails_until_the_deadline_is_what_the_cloud_said_last(clock: LeapClock, waiter: Waiter) -> None:
    lamps = Lamps(clock)
    lamps.failures = [transient("the lamps are in the wash")] * 1000
    with pytest.raises(DeadlineExceededError, match="the lamps are in the wash"):
        waiter.wait(lamps, "a", until_on(30.0))


def test_a_question_that_is_refused_ends_the_wait(clock: LeapClock, waiter: Waiter) -> None:
    lamps = Lamps(clock)
    lamps.failures = [RefusedError(service="Lamps", request="GET /lamps", status=403, said="not yours")]
    with pytest.raises(RefusedError):
        waiter.wait(lamps, "a", until_on())
    assert len(lamps.asked) == 1


def test_a_refused_list_ends_the_wait_of_all(clock: LeapClock, waiter: Waiter) -> None:
    lamps = Lamps(clock, on_at=1e9)

    def refuse() -> None:
        if clock.now() > 5.0 and not lamps.failures:
            lamps.failures = [RefusedError(service="Lamps", request="GET /lamps", status=403, said="not yours")]

    crowd = Together([lambda name=f"lamp-{n}": waiter.wait(lamps, name, until_on(100, refuse)) for n in range(5)])  # type: ignore[misc]
    crowd.run()
    assert {type(error) for error in crowd.errors} == {RefusedError}
    assert len(crowd.errors) == 5


def test_whoever_gives_up_does_not_disturb_the_others(clock: LeapClock, waiter: Waiter) -> None:
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


def test_what_can_never_be_ends_the_wait(clock: LeapClock, waiter: Waiter) -> None:
    wait = until_on()

    def broken(_state: str | None) -> bool:
        raise ValueError("it is broken")

    object.__setattr__(wait, "reached", broken)
    with pytest.raises(ValueError, match="broken"):
        waiter.wait(Lamps(clock), "a", wait)


def test_nothing_is_kept_of_who_waited(clock: LeapClock, waiter: Waiter) -> None:
    """A key may hold a client of its own."""

    class Cloud:
        """Something a key holds."""

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


def test_what_no_list_shows_is_asked_for_each_and_what_is_gone_is_left_out() -> None:
    asked: list[str] = []

    def ask(resource_id: str) -> str | None:
        asked.append(resource_id)
        return None if resource_id == "gone" else f"{resource_id} is on"

    watch = OneByOne("lamps", ask)
    assert watch.many(["a", "gone", "b"]) == {"a": "a is on", "b": "b is on"}
    assert asked == ["a", "gone", "b"]
    assert watch.one("gone") is None
