"""One flow per instance: a delete takes over, any other operation is refused."""

import threading
from collections.abc import Callable

import pytest

from trove_resources.errors import InstanceBusyError
from trove_resources.flows.exclusive import Exclusive

PATIENCE = 10.0


@pytest.fixture
def exclusive() -> Exclusive:
    return Exclusive()


class _Delete(threading.Thread):
    """A delete in its own thread: it waits for the instance, and holds it until it is told to end."""

    def __init__(self, exclusive: Exclusive, during: Callable[[threading.Event], None] = lambda _stop: None) -> None:
        super().__init__(daemon=True)
        self._exclusive, self._during = exclusive, during
        self.holds = threading.Event()
        self.start()

    def run(self) -> None:
        with self._exclusive.hold("i", "delete") as stop:
            self.holds.set()
            self._during(stop)


def test_another_operation_is_refused_and_the_error_names_the_running_one(exclusive: Exclusive) -> None:
    with exclusive.hold("i", "create"), pytest.raises(InstanceBusyError) as busy, exclusive.hold("i", "resize"):
        pytest.fail("two hold the same instance")
    assert busy.value.operation == "create"


def test_another_instance_is_not_busy(exclusive: Exclusive) -> None:
    with exclusive.hold("i", "create"), exclusive.hold("j", "create"):
        pass


def test_an_instance_is_not_busy_after_an_error(exclusive: Exclusive) -> None:
    with pytest.raises(RuntimeError), exclusive.hold("i", "create"):
        raise RuntimeError
    with exclusive.hold("i", "resize"):
        pass


def test_a_delete_stops_the_running_operation_and_waits_for_its_end(exclusive: Exclusive) -> None:
    with exclusive.hold("i", "create") as stop:
        delete = _Delete(exclusive)
        assert stop.wait(PATIENCE)
        assert not delete.holds.is_set()
    assert delete.holds.wait(PATIENCE)
    delete.join(PATIENCE)


def test_nothing_begins_while_a_delete_waits(exclusive: Exclusive) -> None:
    with exclusive.hold("i", "create") as stop:
        _Delete(exclusive)
        assert stop.wait(PATIENCE)
        with pytest.raises(InstanceBusyError), exclusive.hold("i", "resize"):
            pytest.fail("a resize overtook a delete")


def test_the_second_delete_waits_and_does_not_stop_the_first(exclusive: Exclusive) -> None:
    go_on = threading.Event()
    stopped: list[bool] = []

    def first(stop: threading.Event) -> None:
        go_on.wait(PATIENCE)
        stopped.append(stop.is_set())

    one = _Delete(exclusive, first)
    assert one.holds.wait(PATIENCE)
    two = _Delete(exclusive)
    with pytest.raises(InstanceBusyError) as busy, exclusive.hold("i", "create"):
        pytest.fail("a create overtook a delete")
    assert busy.value.operation == "delete"
    assert not two.holds.is_set()
    go_on.set()
    assert two.holds.wait(PATIENCE)
    one.join(PATIENCE)
    two.join(PATIENCE)
    assert stopped == [False]


def test_a_racing_create_and_delete_never_hold_an_instance_together(exclusive: Exclusive) -> None:
    inside: list[str] = []
    most: list[int] = []

    def enter(operation: str) -> None:
        try:
            with exclusive.hold("i", operation):
                inside.append(operation)
                most.append(len(inside))
                inside.remove(operation)
        except InstanceBusyError:
            assert operation != "delete"

    threads = [threading.Thread(target=enter, args=(("create", "delete")[n % 2],)) for n in range(100)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert max(most) == 1
    assert len(most) >= 50
