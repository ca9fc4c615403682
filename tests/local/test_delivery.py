"""Messages between services of one process are delivered at once."""

import threading
import time

import pytest
from oslo_messaging import Target
from oslo_messaging._drivers.impl_fake import FakeExchange, FakeExchangeManager, FakeListener

from trove_lab.local.delivery import deliver_at_once

DEAD = 10.0
"""Seconds after which a thread that should have ended counts as stuck."""


@pytest.fixture
def exchanges(monkeypatch: pytest.MonkeyPatch) -> FakeExchangeManager:
    """Return exchanges that deliver at once; oslo.messaging is as before after the test."""
    for owner, name in ((FakeExchange, "deliver_message"), (FakeListener, "poll"), (FakeListener, "stop")):
        monkeypatch.setattr(owner, name, getattr(owner, name))
    monkeypatch.setattr(FakeExchangeManager, "_exchanges", {})
    deliver_at_once()
    return FakeExchangeManager("lab")


def listener(exchanges: FakeExchangeManager) -> FakeListener:
    return FakeListener(exchanges, [Target(exchange="lab", topic="engine", server="one")])


def test_a_message_wakes_its_listener(exchanges: FakeExchangeManager) -> None:
    listening = listener(exchanges)
    heard: list[object] = []
    thread = threading.Thread(target=lambda: heard.extend(listening.poll()), daemon=True)
    thread.start()
    exchanges.get_exchange("lab").deliver_message("engine", {}, {"method": "ping"}, server="one")
    thread.join(DEAD)
    assert [each.message for each in heard] == [{"method": "ping"}]


def test_a_message_that_came_before_is_not_lost(exchanges: FakeExchangeManager) -> None:
    listening = listener(exchanges)
    exchanges.get_exchange("lab").deliver_message("engine", {}, {"method": "ping"}, server="one")
    assert [each.message for each in listening.poll()] == [{"method": "ping"}]


def test_a_message_for_another_topic_is_not_taken(exchanges: FakeExchangeManager) -> None:
    listening = listener(exchanges)
    exchanges.get_exchange("lab").deliver_message("conductor", {}, {"method": "ping"}, server="one")
    began = time.monotonic()
    assert listening.poll(timeout=0.2) == []
    assert time.monotonic() - began >= 0.2


def test_a_listener_that_is_stopped_stops_waiting(exchanges: FakeExchangeManager) -> None:
    listening = listener(exchanges)
    thread = threading.Thread(target=listening.poll, daemon=True)
    thread.start()
    listening.stop()
    thread.join(DEAD)
    assert not thread.is_alive()
