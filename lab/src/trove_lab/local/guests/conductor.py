"""How a guest communicates with Trove: the RPC server of its topic, and its casts to the conductor.

This uses the same code of Trove as a real guest agent (``trove/cmd/guest.py``, ``trove/conductor/api.py``), except for
``CONF.guest_id``, which allows only one guest per process.
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
"""The minimum interval between two reports of one guest, in seconds.

The conductor handles messages concurrently and stores whole rows, so the older of two simultaneous reports may win.
Real guests do not report that often."""


class Conductor:
    """The connection of one guest to Trove."""

    def __init__(self, instance_id: str) -> None:
        self._instance_id = instance_id
        self._reporting = threading.Lock()
        self._reported = 0.0

    def listen(self, endpoints: Sequence[object]) -> Any:
        """Answer the calls of Trove's guest API with ``endpoints``. Return the server, which the caller stops."""
        target = oslo_messaging.Target(
            topic=f"guestagent.{self._instance_id}", server=self._instance_id, version=guest_api.API.API_LATEST_VERSION
        )
        agent = self._agent(target, list(endpoints))
        agent.start()
        return agent

    def report(self, status: ServiceStatus) -> None:
        """Report the status of the database."""
        with self._spaced() as now:
            api = conductor_api.API(TroveContext())
            api.heartbeat(self._instance_id, {"service_status": status.description}, sent=now)

    def report_backup(self, context: Any, state: dict[str, Any]) -> None:
        """Report the state of a backup."""
        with self._spaced() as now:
            conductor_api.API(_copy(context)).update_backup(self._instance_id, sent=now, **state)

    @contextmanager
    def end_notification(self, context: Any) -> Iterator[None]:
        """Notify Trove of the end of a cast, as ``trove.common.notification.EndNotification`` does in a real guest.

        A notification of a failure makes Trove write the fault of the instance.
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
        context = _copy(context)
        api = conductor_api.API(context)
        call = api.client.prepare(version=api.API_BASE_VERSION)
        call.cast(context, method, serialized_notification=serialized, **arguments)

    def _agent(self, target: oslo_messaging.Target, endpoints: list[object]) -> Any:
        """Return Trove's own RPC server, which uses green threads."""
        return rpc.get_server(target, endpoints, key=None)

    @contextmanager
    def _spaced(self) -> Iterator[float]:
        """Wait until the last report is old enough, then yield the time of this one."""
        with self._reporting:
            time.sleep(max(0.0, self._reported + SPACING - time.monotonic()))
            yield float(timeutils.utcnow_ts(microsecond=True))
            self._reported = time.monotonic()


def _copy(context: Any) -> Any:
    """Return a copy for one message: the receiver changes the context, which ``fake://`` would share."""
    return TroveContext.from_dict(copy.deepcopy(context.to_dict()))
