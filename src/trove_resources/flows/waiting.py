"""Waiting for the cloud: one component for all flows of a process.

One who waits alone asks with a plain GET; many who wait for the same kind share one list. So the polls a second do not
grow with the number of flows. A poll comes soon at first, then later and later: a part (SHARE) of the time waited so
far, so that nobody learns of a state much too late, and never more than LONGEST seconds.
"""

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

from trove_resources.errors import DeadlineExceededError, TransientError
from trove_resources.flows.clock import Clock

S = TypeVar("S")
S_co = TypeVar("S_co", covariant=True)

SOON, LONGEST, SHARE = 0.1, 1.0, 1 / 24
"""Seconds until the first poll, between two at the most, and the part of the time waited that passes between two."""
SHARED = 0.5
"""Seconds between two lists at the least, when many wait; a cloud that is slow to answer is given as long again."""


class Watch(Protocol[S_co]):
    """How the states of one kind of resource are asked for. Both may raise CloudError."""

    kind: str

    def one(self, resource_id: str) -> S_co | None:
        """Return the state of a resource, or None when it is gone."""

    def many(self, resource_ids: Iterable[str]) -> Mapping[str, S_co]:
        """Return the states of those that are there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait(Generic[S]):
    """What is waited for.

    ``reached`` says whether a state (None: gone) is what was waited for; it may raise when that can never be. ``what``
    and ``show`` put it and a state into words.
    """

    what: str
    reached: Callable[[S | None], bool]
    seconds: float
    show: Callable[[S | None], str]
    check: Callable[[], None] = lambda: None
    """Called again and again; raises to give up."""


@dataclass(slots=True, eq=False)
class _Waiting(Generic[S]):
    resource_id: str
    began: float
    due: float
    state: S | None = None
    polls: int = 0
    """How many answers there were."""
    unanswered: str = "nothing"
    """Why there was none the last time."""
    error: Exception | None = None


@dataclass(slots=True)
class _Kind(Generic[S]):
    """All who wait for one kind of resource."""

    changed: threading.Condition = field(default_factory=threading.Condition)
    waiting: list[_Waiting[S]] = field(default_factory=list)
    asking: bool = False
    """Whether one of them asks the cloud, for all."""
    next_list: float = 0.0


class Waiter:
    """Waits, for as many flows as there are."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._kinds: dict[str, _Kind[Any]] = {}

    def wait(self, watch: Watch[S], resource_id: str, wait: Wait[S]) -> S | None:
        """Return the state that was waited for (None: gone).

        Raises DeadlineExceededError after ``wait.seconds``, and whatever ``wait.reached``, ``wait.check`` or a refused
        question raise. A question that fails transiently is asked again.
        """
        with self._lock:
            kind: _Kind[S] = self._kinds.setdefault(watch.kind, _Kind())
        began = self._clock.now()
        mine: _Waiting[S] = _Waiting(resource_id, began, began)
        with kind.changed:
            kind.waiting.append(mine)
        try:
            return self._until_reached(kind, watch, mine, wait)
        finally:
            with kind.changed:
                kind.waiting.remove(mine)
                kind.changed.notify_all()

    def _until_reached(self, kind: _Kind[S], watch: Watch[S], mine: _Waiting[S], wait: Wait[S]) -> S | None:
        seen = 0
        while True:
            wait.check()
            with kind.changed:
                if mine.error is not None:
                    raise mine.error
                polls, state = mine.polls, mine.state
            if polls > seen:
                seen = polls
                if wait.reached(state):
                    return state
            if self._clock.now() - mine.began >= wait.seconds:
                last = mine.unanswered or wait.show(state)
                raise DeadlineExceededError(what=wait.what, seconds=wait.seconds, last=last)
            if self._my_turn(kind):
                self._ask(kind, watch)

    def _my_turn(self, kind: _Kind[S]) -> bool:
        """Sleep until something happens; return True if it is this thread that has to ask the cloud."""
        with kind.changed:
            now = self._clock.now()
            due = min(each.due for each in kind.waiting)
            if len(kind.waiting) > 1:
                due = max(due, kind.next_list)
            if kind.asking or due > now:
                self._clock.wait(kind.changed, SOON if kind.asking else due - now)
                return False
            kind.asking = True
            return True

    def _ask(self, kind: _Kind[S], watch: Watch[S]) -> None:
        """Ask for everybody who waits, and tell them."""
        with kind.changed:
            asked = list(kind.waiting)
        began = self._clock.now()
        states: Mapping[str, S] = {}
        error: Exception | None = None
        try:
            states = self._states(watch, {each.resource_id for each in asked})
        except Exception as failure:  # noqa: BLE001 - raised again in every thread that waits
            error = failure
        with kind.changed:
            now = self._clock.now()
            kind.asking, kind.next_list = False, now + max(SHARED, now - began)
            for each in asked:
                each.due = now + min(LONGEST, max(SOON, SHARE * (now - each.began)))
                if error is None:
                    each.state, each.polls, each.unanswered = states.get(each.resource_id), each.polls + 1, ""
                elif isinstance(error, TransientError):
                    each.unanswered = str(error)
                else:
                    each.error = error
            kind.changed.notify_all()

    def _states(self, watch: Watch[S], ids: set[str]) -> Mapping[str, S]:
        if len(ids) == 1:
            only = next(iter(ids))
            state = watch.one(only)
            return {} if state is None else {only: state}
        return watch.many(ids)
