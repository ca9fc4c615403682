"""RabbitMQ, asked who listens: a service without an API takes requests once it consumes its queue."""

import atexit
from typing import Any, Final

import amqp

from realcloud.home import HOST, PORTS

SECONDS: Final = 5.0
"""How long the broker may take to answer."""
_GONE: Final = (OSError, amqp.exceptions.AMQPError)


class Broker:
    """One connection, made when it is needed, and again when the broker was started again."""

    def __init__(self, port: int = PORTS["rabbitmq"], *, seconds: float = SECONDS) -> None:
        self._port, self._seconds = port, seconds
        self._connection: Any = None

    def consumes(self, queue: str) -> bool:
        """Say whether anybody takes messages from a queue; nobody does while there is no queue, or no broker."""
        try:
            return self._consumers(queue) > 0
        except amqp.exceptions.NotFound:
            return False
        except _GONE:
            self._forget()
            return False

    def _consumers(self, queue: str) -> int:
        if self._connection is None:
            self._connection = amqp.Connection(
                f"{HOST}:{self._port}",
                userid="guest",
                password="guest",  # noqa: S106 - RabbitMQ's own account for the loopback interface
                connect_timeout=self._seconds,
                read_timeout=self._seconds,
                write_timeout=self._seconds,
            )
            self._connection.connect()
            atexit.register(self._forget)
        # Of its own: a queue that is not there ends it.
        channel = self._connection.channel()
        number: int = channel.queue_declare(queue, passive=True).consumer_count
        channel.close()
        return number

    def _forget(self) -> None:
        # Without a farewell: most often the broker is gone.
        if self._connection is not None:
            self._connection.collect()
        self._connection = None
