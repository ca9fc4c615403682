"""Messages between Trove's services, which share one process here.

The transport ``fake://`` is made to do two things that every broker does, and that Trove relies on.
"""

import copy
import math
import time
from typing import Any

from oslo_messaging._drivers.impl_fake import FakeDriver, FakeExchange

_EXPIRES = "expires"
"""The part of a message that says when nobody waits for its answer any more, in seconds of the monotonic clock."""


def as_through_a_broker() -> None:
    """Have the transport ``fake://`` hand over copies, and no call whose caller has gone."""
    _copy_each()
    _drop_expired()


def _copy_each() -> None:
    """As it is, sender and receiver have the same objects, and Trove changes them.

    Whoever receives a context takes a part out of it (``SerializableNotification.deserialize``), which the sender's
    next message then lacks.
    """
    deliver = FakeExchange.deliver_message

    def deliver_copy(exchange: Any, topic: str, context: Any, message: Any, **how: Any) -> None:
        deliver(exchange, topic, copy.deepcopy(context), copy.deepcopy(message), **how)

    FakeExchange.deliver_message = deliver_copy


def _drop_expired() -> None:
    """As it is, a call to a guest that was silent is carried out as soon as it listens, however late.

    With RabbitMQ a call is sent with its time-out as its expiration (``impl_rabbit.Connection._publish``).
    """
    send, poll = FakeDriver._send, FakeExchange.poll  # noqa: SLF001 - a driver cannot be given another exchange

    def send_expiring(  # noqa: PLR0917 - as it is called
        driver: Any,
        target: Any,
        context: Any,
        message: Any,
        wait_for_reply: bool | None = None,  # noqa: FBT001 - oslo.messaging's
        timeout: float | None = None,
        transport_options: Any = None,
    ) -> Any:
        if wait_for_reply and timeout:
            message = {**message, _EXPIRES: time.monotonic() + timeout}
        return send(driver, target, context, message, wait_for_reply, timeout, transport_options)

    def poll_unexpired(exchange: Any, target: Any, pool: Any) -> Any:
        while True:
            taken = poll(exchange, target, pool)
            message = taken[1]
            if message is None or message.pop(_EXPIRES, math.inf) > time.monotonic():
                return taken

    FakeDriver._send, FakeExchange.poll = send_expiring, poll_unexpired  # noqa: SLF001
