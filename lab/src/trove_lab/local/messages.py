"""Changes to oslo.messaging's ``fake://`` transport, over which the services in one process communicate.

They add two things that every broker does and that Trove relies on.
"""

import copy
import math
import time
from typing import Any

from oslo_messaging._drivers.impl_fake import FakeDriver, FakeExchange

_EXPIRES = "expires"
"""The key of a message for the time its caller stops waiting, in seconds of the monotonic clock."""


def behave_like_a_broker() -> None:
    """Have ``fake://`` deliver copies of messages, and drop calls whose caller has timed out."""
    _copy_each()
    _drop_expired()


def _copy_each() -> None:
    """Deliver copies. By default sender and receiver share the same objects, and Trove changes them.

    The receiver removes a part of the context (``SerializableNotification.deserialize``), which the sender's next
    message then lacks.
    """
    deliver = FakeExchange.deliver_message

    def deliver_copy(exchange: Any, topic: str, context: Any, message: Any, **how: Any) -> None:
        deliver(exchange, topic, copy.deepcopy(context), copy.deepcopy(message), **how)

    FakeExchange.deliver_message = deliver_copy


def _drop_expired() -> None:
    """Drop expired calls. By default a guest executes a call as soon as it listens, however late.

    With RabbitMQ a call expires with its timeout (``impl_rabbit.Connection._publish``).
    """
    send, poll = FakeDriver._send, FakeExchange.poll  # noqa: SLF001 - the exchange of a driver cannot be configured

    def send_expiring(  # noqa: PLR0917 - the driver's signature
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
