"""Ask RabbitMQ whether a queue has consumers.

A service without an API accepts requests as soon as it consumes its queue.
"""

import atexit
from typing import Any, Final

import amqp

from realcloud.home import HOST, PORTS

TIMEOUT: Final = 5.0
"""Seconds that the broker has to respond."""
_UNREACHABLE: Final = (OSError, amqp.exceptions.AMQPError)


class Broker:
    """A connection that is opened on first use, and reopened after the broker was restarted."""

    def __init__(self, port: int = PORTS["rabbitmq"], *, timeout: float = TIMEOUT) -> None:
        self._port, self._timeout = port, timeout
        self._connection: Any = None

    def has_consumer(self, queue: str) -> bool:
        """Return whether a queue has a consumer. False if there is no such queue, or no broker."""
        try:
            return self._consumers(queue) > 0
        except amqp.exceptions.NotFound:
            return False
        except _UNREACHABLE:
            self._disconnect()
            return False

    def _consumers(self, queue: str) -> int:
        if self._connection is None:
            self._connection = amqp.Connection(
                f"{HOST}:{self._port}",
                userid="guest",
                password="guest",  # noqa: S106 - RabbitMQ's default account for the loopback interface
                connect_timeout=self._timeout,
                read_timeout=self._timeout,
                write_timeout=self._timeout,
            )
            self._connection.connect()
            atexit.register(self._disconnect)
        # A new channel for each query: RabbitMQ closes the channel if the queue does not exist.
        channel = self._connection.channel()
        number: int = channel.queue_declare(queue, passive=True).consumer_count
        channel.close()
        return number

    def _disconnect(self) -> None:
        # Without the closing handshake: most often the broker is gone.
        if self._connection is not None:
            self._connection.collect()
        self._connection = None
