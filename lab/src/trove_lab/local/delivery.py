"""Prompt delivery of messages between services that share one process.

The transport ``fake://`` looks for a message twenty times a second, for each listener. A stack of Heat's is a chain of
messages, so it would spend most of its time in queues; and with twenty guests the looks alone keep a processor busy.
"""

import math
import threading
import time
from typing import Any

from oslo_messaging._drivers import base
from oslo_messaging._drivers.impl_fake import FakeExchange, FakeIncomingMessage, FakeListener


def deliver_at_once() -> None:
    """Have each message of the transport ``fake://`` wake those who listen."""
    arrived = threading.Condition()
    deliver, stop = FakeExchange.deliver_message, FakeListener.stop

    def wake() -> None:
        with arrived:
            arrived.notify_all()

    def deliver_and_wake(exchange: Any, topic: str, context: Any, message: Any, **how: Any) -> None:
        deliver(exchange, topic, context, message, **how)
        wake()

    def stop_and_wake(listener: Any) -> None:
        stop(listener)
        wake()

    def poll(listener: Any, timeout: float | None = None) -> Any:
        deadline = math.inf if timeout is None else time.monotonic() + timeout
        # Under the lock, or a message that arrives between the look and the wait would wake nobody.
        with arrived:
            while not listener._stopped.is_set():  # noqa: SLF001 - nothing else tells
                message = _next_message(listener)
                if message is not None:
                    return message
                remaining = deadline - time.monotonic()
                if remaining <= 0:
                    break
                arrived.wait(None if remaining == math.inf else remaining)
        return None

    FakeExchange.deliver_message = deliver_and_wake
    FakeListener.poll, FakeListener.stop = base.batch_poll_helper(poll), stop_and_wake


def _next_message(listener: Any) -> Any:
    """Return the next message for a listener, None when there is none."""
    for target in listener._targets:  # noqa: SLF001 - as the listener's own poll does
        exchange = listener._exchange_manager.get_exchange(target.exchange)  # noqa: SLF001
        taken = exchange.poll(target, listener._pool)  # noqa: SLF001
        if taken[1] is not None:
            return FakeIncomingMessage(*taken)
    return None
