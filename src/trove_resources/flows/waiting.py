"""Waiting for the cloud: one component for all flows of a process.

One who waits alone asks with a plain GET; many who wait for the same kind share one list. So the polls a second do not
grow with the number of flows. A poll comes soon at first, then later and later: a part (SHARE) of the time waited so
far, so that nobody learns of a state much too late, and never more than LONGEST seconds.
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
"""Seconds until the first poll, between two at the most, and the part of the time waited that passes between two."""
SHARED = 0.5
"""Seconds between two lists at the least, when many wait; a cloud that is slow to answer is given as long again."""


class Watch(Protocol[S_co]):
    """How the states of one kind of resource are asked for. Both methods may raise CloudError."""

    @property
    def key(self) -> Hashable:
        """Whose states can be asked for with one question: a kind of resource, in one cloud."""

    def one(self, resource_id: str) -> S_co | None:
        """Return the state of a resource, or None when it is gone."""

    def many(self, resource_ids: Iterable[str]) -> Mapping[str, S_co]:
        """Return the states of those that are there."""


@dataclass(frozen=True, slots=True)
class OneByOne(Generic[S]):
    """A watch of what no list shows: ``ask`` returns the state of one, None when it is gone, and is asked for each."""

    key: Hashable
    ask: Callable[[str], S | None]

    def one(self, resource_id: str) -> S | None:
        """Return the state of a resource, or None when it is gone."""
        return self.ask(resource_id)

    def many(self, resource_ids: Iterable[str]) -> Mapping[str, S]:
        """Return the states of those that are there."""
        found = {each: self.ask(each) for each in resource_ids}
        return {each: state for each, state in found.items() if state is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait(Generic[S]):
    """What is waited for.

    ``reached`` says whether a state (None: gone) is what was waited for; it may raise when that can never be. It is
    asked for each state that is another than the last. ``what`` and ``show`` put it and a state into words.
    """

    what: str
    reached: Callable[[S | None], bool]
    seconds: float
    show: Callable[[S | None], str]
    check: Callable[[], None] = lambda: None
    """Called again and again; raises to give up."""


@dataclass(slots=True, eq=False)
class _Waiting(Generic[S]):
    """One who waits."""

    resource_id: str
    began: float
    due: float
    woken: threading.Condition
    state: S | None = None
    is_known: bool = False
    """Whether there was an answer."""
    is_news: bool = False
    """Whether the state is one that has not been looked at."""
    unanswered: str = "nothing"
    """Why there was no answer the last time."""
    error: Exception | None = None


class _Kind(Generic[S]):
    """All who wait for what one question answers. One of them, the leader, asks for all."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.waiting: list[_Waiting[S]] = []
        self.leader: _Waiting[S] | None = None
        self.next_list = 0.0


class Waiter:
    """Waits, for as many flows as there are."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._kinds: dict[Hashable, _Kind[Any]] = {}

    def wait(self, watch: Watch[S], resource_id: str, wait: Wait[S]) -> S | None:
        """Return the state that was waited for (None: gone).

        Raises DeadlineExceededError after ``wait.seconds``, and whatever ``wait.reached``, ``wait.check`` or a refused
        question raise. A question that fails transiently is asked again.
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
                    # It may sleep for longer than this one is to wait for its first answer.
                    kind.leader.woken.notify()
        return kind, mine

    def _leave(self, key: Hashable, kind: _Kind[Any], mine: _Waiting[Any]) -> None:
        with self._lock, kind.lock:
            kind.waiting.remove(mine)
            if not kind.waiting:
                # A key may hold a client that nobody else does.
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
        """Return True if it is this thread that has to ask the cloud now; else sleep until something happens."""
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
        """Ask for everybody who waits, and wake those for whom there is news."""
        with kind.lock:
            asked = list(kind.waiting)
        began = self._clock.now()
        states: Mapping[str, S] = {}
        error: Exception | None = None
        try:
            states = self._states(watch, {each.resource_id for each in asked})
        except Exception as failure:  # noqa: BLE001 - raised again in every thread that waits
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
    """Tell one who waits what the cloud answered. What it has seen already does not wake it."""
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
