"""How a guest in a process of its own speaks to Trove: with threads, and over a broker that keeps what is sent."""

import threading
from typing import Any

import oslo_messaging
from oslo_messaging.rpc import dispatcher
from trove import rpc
from trove.common.rpc.secure_serializer import SecureSerializer
from trove.common.rpc.serializer import TroveRequestContextSerializer

from trove_lab.local.guests.conductor import Conductor


class ThreadedConductor(Conductor):
    """Trove, as one guest reaches it."""

    def _agent(self, target: oslo_messaging.Target, endpoints: list[object]) -> "_Agent":
        # Trove's own (``trove/rpc.py``) would run it in green threads.
        return _Agent(
            oslo_messaging.get_rpc_server(
                rpc.TRANSPORT,
                target,
                endpoints,
                executor="threading",
                serializer=SecureSerializer(TroveRequestContextSerializer(None), None),
                access_policy=dispatcher.DefaultRPCAccessPolicy,
            )
        )


class _Agent:
    """An RPC server that goes as one does whose machine is switched off: at once, and with its connection."""

    def __init__(self, server: Any) -> None:
        self._server = server

    def start(self) -> None:
        """Listen."""
        self._server.start()

    def stop(self) -> None:
        """Listen no more, in a while: oslo.messaging looks up once a second, and others are not to wait for it.

        It does not wait for calls that are worked on, since those may never end. What arrives later stays with the
        broker, for the next agent.
        """
        threading.Thread(target=self._stop, name="guest-stops", daemon=True).start()

    def _stop(self) -> None:
        self._server.stop()
        self._server.listener.cleanup()
