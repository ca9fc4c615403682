"""Messages between Trove's services, which share one process here."""

import copy
from typing import Any

from oslo_messaging._drivers.impl_fake import FakeExchange


def copy_each() -> None:
    """Have the transport ``fake://`` hand over copies, as everything does that goes through a broker.

    As it is, sender and receiver have the same objects, and Trove changes them: whoever receives a context takes a part
    out of it (``SerializableNotification.deserialize``), which the sender's next message then lacks.
    """
    deliver = FakeExchange.deliver_message

    def deliver_copy(exchange: Any, topic: str, context: Any, message: Any, **how: Any) -> None:
        deliver(exchange, topic, copy.deepcopy(context), copy.deepcopy(message), **how)

    FakeExchange.deliver_message = deliver_copy
