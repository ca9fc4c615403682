"""Steps, watches and contexts for tests of flows."""

import threading
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence

from trove_lab.conformance.clock import LeapClock
from trove_resources.errors import TransientError
from trove_resources.flows import events
from trove_resources.flows.clock import Clock
from trove_resources.flows.context import FlowContext
from trove_resources.flows.events import Listener
from trove_resources.flows.step import CreateStep, Found, Step, found_id
from trove_resources.flows.waiting import Wait, Waiter
from trove_resources.kinds import ResourceKind
from trove_resources.markers import Owner

OWNER = Owner(instance_id="instance-1", task_id="task-1")


def context(clock: Clock | None = None, *, listener: Listener = events.log) -> FlowContext:
    """Return the context of a flow."""
    clock = clock or LeapClock()
    return FlowContext(owner=OWNER, request_id="req-1", clock=clock, waiter=Waiter(clock), listener=listener)


class Lamps:
    """A watch of lamps that go on at a given time. It records each request."""

    def __init__(self, clock: Clock, *, on_at: float = 0.0) -> None:
        self.key: Hashable = "lamp"
        self.clock, self.on_at = clock, on_at
        self.asked: list[tuple[float, str]] = []
        self.failures: list[Exception] = []

    def one(self, resource_id: str) -> str | None:
        """Return a lamp's state."""
        self._note(f"one {resource_id}")
        return self._state(resource_id)

    def many(self, resource_ids: Iterable[str]) -> Mapping[str, str]:
        """Return the states of several lamps."""
        ids = sorted(resource_ids)
        self._note(f"many {len(ids)}")
        states = {each: self._state(each) for each in ids}
        return {each: state for each, state in states.items() if state}

    @property
    def moments(self) -> list[float]:
        """The times of all requests."""
        return [moment for moment, _ in self.asked]

    def _note(self, what: str) -> None:
        self.asked.append((self.clock.now(), what))
        if self.failures:
            raise self.failures.pop(0)

    def _state(self, resource_id: str) -> str | None:
        if resource_id.startswith("gone"):
            return None
        return "on" if self.clock.now() >= self.on_at else "off"


def until_on(seconds: float = 1000.0, check: Callable[[], None] = lambda: None) -> Wait[str]:
    """Return a wait for a lamp to go on."""
    return Wait(
        what="the lamp to be on",
        reached=lambda state: state == "on",
        seconds=seconds,
        show=lambda state: state or "not there",
        check=check,
    )


def transient(said: str = "come back later") -> TransientError:
    """Return a failure after which a retry may succeed."""
    return TransientError(service="Lamps", request="GET /lamps", status=503, said=said)


class Make(CreateStep[str]):
    """Creates one resource. The world is a list of names."""

    kind = ResourceKind.SERVER

    def __init__(self, world: list[str], name: str, *, announces: str | None = None, stays: bool = False) -> None:
        super().__init__(f"make/{name}/create", f"make {name}", provides=name)
        self.announces = announces
        self._world, self._thing, self._stays = world, name, stays

    def execute(self, context: FlowContext) -> str:
        """Create it, and return its name."""
        return self.find_or_create(context, self._create)

    def _create(self) -> str:
        self._world.append(self._thing)
        return self._thing

    def find(self, context: FlowContext, **_: object) -> Sequence[Found[str]]:  # noqa: ARG002 - the world is small
        """Find it in the world."""
        return [found_id(name, of_task=True) for name in self._world if name == self._thing]

    def remove(self, context: FlowContext, resource_id: str) -> None:  # noqa: ARG002 - nothing to wait for
        """Remove it, unless it is to stay."""
        if self._stays:
            raise OSError("glued to the floor")
        self._world.remove(resource_id)


class Do(Step):
    """Calls a function."""

    def __init__(self, name: str, what: Callable[[], None], requires: Sequence[str] = ()) -> None:
        super().__init__(f"do/{name}/do", f"do {name}", requires=requires)
        self._what = what

    def execute(self, context: FlowContext, **_: object) -> None:
        """Call it."""
        context.check_stop()
        self._what()


class Together:
    """Threads that start together, and the errors that they raise."""

    def __init__(self, calls: Sequence[Callable[[], object]]) -> None:
        self.errors: list[Exception] = []
        self._calls = calls

    def run(self) -> None:
        """Run all threads to their end."""
        self._all = threading.Barrier(len(self._calls))
        threads = [threading.Thread(target=self._run, args=(call,)) for call in self._calls]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _run(self, call: Callable[[], object]) -> None:
        self._all.wait()
        try:
            call()
        except Exception as error:  # noqa: BLE001 - the test looks at it
            self.errors.append(error)
