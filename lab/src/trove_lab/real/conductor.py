"""How guests in a process of their own communicate with Trove: in threads, and over a broker."""

import threading
from typing import Any

import oslo_messaging
from oslo_messaging.rpc import dispatcher
from trove import rpc
from trove.common.rpc.secure_serializer import SecureSerializer
from trove.common.rpc.serializer import TroveRequestContextSerializer

from trove_lab.local.guests.conductor import Conductor


class ThreadedConductor(Conductor):
    """The connection of one guest to Trove."""

    def _agent(self, target: oslo_messaging.Target, endpoints: list[object]) -> "_Agent":
        # Trove's own (``trove/rpc.py``) uses green threads.
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
    """An RPC server that stops, with its connection, like one whose machine is switched off."""

    def __init__(self, server: Any) -> None:
        self._server = server

    def start(self) -> None:
        """Start to listen."""
        self._server.start()

    def stop(self) -> None:
        """Stop to listen, in the background: oslo.messaging takes up to a second for it.

        Calls in progress are not waited for, because they may never end. Later calls stay with the broker, for the
        next agent.
        """
        threading.Thread(target=self._stop, name="guest-stops", daemon=True).start()

    def _stop(self) -> None:
        self._server.stop()
        self._server.listener.cleanup()
