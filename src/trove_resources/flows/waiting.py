"""Waiting for the cloud: one component for all flows of a process.

A single waiter polls with a plain GET; several waiters for the same kind of resource share one list request. So the
number of polls per second does not grow with the number of flows. The interval between polls grows with the time waited
so far (SHARE of it), from SOON to LONGEST seconds: no state is noticed much too late.
"""

import threading
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from trove_resources.errors import DeadlineExceededError, TransientError
from trove_resources.flows.clock import Clock

S = TypeVar("S")
S_co = TypeVar("S_co", covariant=True)

SOON, LONGEST, SHARE = 0.2, 1.0, 1 / 24
"""Seconds before the first poll; seconds between two polls, at most; the share of the time waited between two polls."""
SHARED = 0.5
"""Seconds between two list requests, at least; a cloud that answers slowly is given as long again."""


class Watch(Protocol[S_co]):
    """How the states of one kind of resource are read. Both methods may raise CloudError."""

    @property
    def key(self) -> Hashable:
        """Identifies the resources that one list request covers: a kind of resource in one cloud."""

    def one(self, resource_id: str, /) -> S_co | None:
        """Return the state of a resource, or None when it does not exist."""

    def many(self, resource_ids: Iterable[str], /) -> Mapping[str, S_co]:
        """Return the states of the resources that exist."""


@dataclass(frozen=True, slots=True)
class Listed(Generic[S]):
    """A watch of resources that the service lists: ``one`` reads a single state, ``many`` reads several with a list."""

    key: Hashable
    one: Callable[[str], S | None]
    many: Callable[[Iterable[str]], Mapping[str, S]]


@dataclass(frozen=True, slots=True)
class OneByOne(Generic[S]):
    """A watch of something that no list shows.

    ``ask`` returns the state of one resource, None when it does not exist.
    """

    key: Hashable
    ask: Callable[[str], S | None]

    def one(self, resource_id: str) -> S | None:
        """Return the state of a resource, or None when it does not exist."""
        return self.ask(resource_id)

    def many(self, resource_ids: Iterable[str]) -> Mapping[str, S]:
        """Return the states of the resources that exist."""
        found = {each: self.ask(each) for each in resource_ids}
        return {each: state for each, state in found.items() if state is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait(Generic[S]):
    """A goal to wait for.

    ``reached`` returns whether a state (None: it does not exist) is the goal, and raises when the goal can no longer be
    reached. It is called once for each new state. ``what`` describes the goal, ``show`` a state.
    """

    what: str
    reached: Callable[[S | None], bool]
    seconds: float
    show: Callable[[S | None], str]
    check: Callable[[], None] = lambda: None
    """Called repeatedly while waiting; raises to give up."""


@dataclass(slots=True, eq=False)
class _Waiting(Generic[S]):
    """One waiter."""

    resource_id: str
    began: float
    due: float
    woken: threading.Condition
    state: S | None = None
    is_known: bool = False
    """Whether an answer has arrived."""
    is_news: bool = False
    """Whether the state is new to the waiter."""
    unanswered: str = "nothing"
    """Why the last poll had no answer."""
    error: Exception | None = None


class _Kind(Generic[S]):
    """The waiters that one list request serves. One of them, the leader, polls for all."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.waiting: list[_Waiting[S]] = []
        self.leader: _Waiting[S] | None = None
        self.next_list = 0.0


class Waiter:
    """Waits on behalf of all flows of a process."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._kinds: dict[Hashable, _Kind[Any]] = {}

    def wait(self, watch: Watch[S], resource_id: str, wait: Wait[S]) -> S | None:
        """Return the state that reached the goal (None: the resource does not exist).

        Raises DeadlineExceededError after ``wait.seconds``, and what ``wait.reached``, ``wait.check`` or a refused poll
        raise. A poll that fails transiently is repeated.
        """
        kind, mine = self._join(watch.key, resource_id)
        try:
            return self._until_reached(kind, watch, mine, wait)
        finally:
            self._leave(watch.key, kind, mine)

    def _join(self, key: Hashable, resource_id: str) -> tuple[_Kind[Any], _Waiting[Any]]:
        with self._lock:
            kind = self._kinds.setdefault(key, _Kind())
            began = self._clock.now()
            mine: _Waiting[Any] = _Waiting(resource_id, began, began, threading.Condition(kind.lock))
            with kind.lock:
                kind.waiting.append(mine)
                if kind.leader is not None:
                    # The leader may sleep for longer than the first poll of this waiter can wait.
                    kind.leader.woken.notify()
        return kind, mine

    def _leave(self, key: Hashable, kind: _Kind[Any], mine: _Waiting[Any]) -> None:
        with self._lock, kind.lock:
            kind.waiting.remove(mine)
            if not kind.waiting:
                # The key may be the last reference to a client.
                del self._kinds[key]
            if kind.leader is mine:
                kind.leader = None
                for heir in kind.waiting[:1]:
                    heir.woken.notify()

    def _until_reached(self, kind: _Kind[S], watch: Watch[S], mine: _Waiting[S], wait: Wait[S]) -> S | None:
        deadline = mine.began + wait.seconds
        while True:
            wait.check()
            with kind.lock:
                if mine.error is not None:
                    raise mine.error
                is_news, state = mine.is_news, mine.state
                mine.is_news = False
            if is_news and wait.reached(state):
                return state
            if self._clock.now() >= deadline:
                last = mine.unanswered or wait.show(state)
                raise DeadlineExceededError(what=wait.what, seconds=wait.seconds, last=last)
            if self._my_turn(kind, mine, deadline):
                self._ask(kind, watch)

    def _my_turn(self, kind: _Kind[S], mine: _Waiting[S], deadline: float) -> bool:
        """Return True if this thread must poll now; else sleep until something happens, and return False."""
        with kind.lock:
            if mine.is_news or mine.error is not None:
                return False
            kind.leader = kind.leader or mine
            now = self._clock.now()
            wake = min(deadline, now + LONGEST)
            if kind.leader is mine:
                due = min(each.due for each in kind.waiting)
                due = max(due, kind.next_list) if len(kind.waiting) > 1 else due
                if due <= now:
                    return True
                wake = min(wake, due)
            self._clock.wait(mine.woken, wake - now)
            return False

    def _ask(self, kind: _Kind[S], watch: Watch[S]) -> None:
        """Poll for all waiters, and wake those with a new state."""
        with kind.lock:
            asked = list(kind.waiting)
        began = self._clock.now()
        states: Mapping[str, S] = {}
        error: Exception | None = None
        try:
            states = self._states(watch, {each.resource_id for each in asked})
        except Exception as failure:  # noqa: BLE001 - raised again in the thread of every waiter
            error = failure
        with kind.lock:
            now = self._clock.now()
            kind.next_list = now + max(SHARED, now - began)
            for each in asked:
                each.due = now + min(LONGEST, max(SOON, SHARE * (now - each.began)))
                _tell(each, states.get(each.resource_id), error)

    def _states(self, watch: Watch[S], ids: set[str]) -> Mapping[str, S]:
        if len(ids) == 1:
            only = next(iter(ids))
            state = watch.one(only)
            return {} if state is None else {only: state}
        return watch.many(ids)


def _tell(each: _Waiting[S], state: S | None, error: Exception | None) -> None:
    """Give a waiter the cloud's answer. A state that it knows already does not wake it."""
    if isinstance(error, TransientError):
        each.unanswered = str(error)
        return
    if error is not None:
        each.error = error
    elif not each.is_known or state != each.state:
        each.state, each.is_known, each.is_news = state, True, True
    each.unanswered = ""
    if each.is_news or each.error is not None:
        each.woken.notify()
