"""How a guest speaks to Trove: the RPC server of its topic, and its casts to the conductor.

It is Trove's own code that a real guest agent uses too (``trove/cmd/guest.py``, ``trove/conductor/api.py``), with
one difference: ``CONF.guest_id`` names one guest a process, and here many share one.
"""

import copy
import logging
import threading
import time
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import oslo_messaging
from oslo_utils import timeutils
from trove import rpc
from trove.common.context import TroveContext
from trove.common.serializable_notification import SerializableNotification
from trove.conductor import api as conductor_api
from trove.guestagent import api as guest_api
from trove.instance.service_status import ServiceStatus

LOG = logging.getLogger(__name__)


SPACING = 0.2
"""Seconds between two reports of one guest, at least.

The conductor handles messages at the same time and stores whole rows: of two that come together the older may win.
No real guest reports that quickly."""


class Conductor:
    """Trove, as one guest reaches it."""

    def __init__(self, instance_id: str) -> None:
        self._instance_id = instance_id
        self._reporting = threading.Lock()
        self._reported = 0.0

    def listen(self, endpoints: Sequence[object]) -> Any:
        """Answer the calls of Trove's guest API with ``endpoints``; return the server, to be stopped."""
        target = oslo_messaging.Target(
            topic=f"guestagent.{self._instance_id}", server=self._instance_id, version=guest_api.API.API_LATEST_VERSION
        )
        agent = self._agent(target, list(endpoints))
        agent.start()
        return agent

    def report(self, status: ServiceStatus) -> None:
        """Report the state of the database."""
        with self._spaced() as now:
            api = conductor_api.API(TroveContext())
            api.heartbeat(self._instance_id, {"service_status": status.description}, sent=now)

    def report_backup(self, context: Any, state: dict[str, Any]) -> None:
        """Report how a backup goes."""
        with self._spaced() as now:
            conductor_api.API(_apart(context)).update_backup(self._instance_id, sent=now, **state)

    @contextmanager
    def notifying_the_end(self, context: Any) -> Iterator[None]:
        """Tell Trove how a cast ended, as ``trove.common.notification.EndNotification`` does in a real guest.

        On failure it is what writes the fault on the instance.
        """
        context.notification.payload["instance_id"] = self._instance_id
        try:
            yield
        except Exception as error:
            LOG.exception("guest of instance %s failed", self._instance_id)
            self._notify(context, "notify_exc_info", message=str(error), exception=traceback.format_exception(error))
            raise
        self._notify(context, "notify_end", notification_args={})

    def _notify(self, context: Any, method: str, **arguments: Any) -> None:
        serialized = dict(SerializableNotification.serialize(context, context.notification))
        context = _apart(context)
        api = conductor_api.API(context)
        call = api.client.prepare(version=api.API_BASE_VERSION)
        call.cast(context, method, serialized_notification=serialized, **arguments)

    def _agent(self, target: oslo_messaging.Target, endpoints: list[object]) -> Any:
        """Return Trove's own RPC server, which runs in green threads."""
        return rpc.get_server(target, endpoints, key=None)

    @contextmanager
    def _spaced(self) -> Iterator[float]:
        """Yield the time to send with, once the last report is long enough ago."""
        with self._reporting:
            time.sleep(max(0.0, self._reported + SPACING - time.monotonic()))
            yield float(timeutils.utcnow_ts(microsecond=True))
            self._reported = time.monotonic()


def _apart(context: Any) -> Any:
    """Return a copy for one message.

    What a message over fake:// carries is the sender's own, and its receiver takes it apart.
    """
    return TroveContext.from_dict(copy.deepcopy(context.to_dict()))
