"""How a guest speaks to Trove: the RPC server of its topic, and its casts to the conductor.

It is Trove's own code that a real guest agent uses too (``trove/cmd/guest.py``, ``trove/conductor/api.py``), with
one difference: ``CONF.guest_id`` names one guest a process, and here many share one.
"""

import logging
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


class Conductor:
    """Trove, as one guest reaches it."""

    def __init__(self, instance_id: str) -> None:
        self._instance_id = instance_id

    def listen(self, endpoints: Sequence[object]) -> Any:
        """Answer the calls of Trove's guest API with ``endpoints``; return the server, to be stopped."""
        target = oslo_messaging.Target(
            topic=f"guestagent.{self._instance_id}", server=self._instance_id, version=guest_api.API.API_LATEST_VERSION
        )
        server = rpc.get_server(target, list(endpoints), key=None)
        server.start()
        return server

    def report(self, status: ServiceStatus) -> None:
        """Report the state of the database."""
        conductor_api.API(TroveContext()).heartbeat(
            self._instance_id, {"service_status": status.description}, sent=_now()
        )

    def report_backup(self, context: Any, state: dict[str, Any]) -> None:
        """Report how a backup goes."""
        conductor_api.API(context).update_backup(self._instance_id, sent=_now(), **state)

    def report_root(self, context: Any) -> None:
        """Report that the database's root user is enabled."""
        conductor_api.API(context).report_root(self._instance_id)

    @contextmanager
    def notifying_the_end(self, context: Any) -> Iterator[None]:
        """Tell Trove how a cast ended, as ``trove.common.notification.EndNotification`` does in a real guest.

        On failure it is what writes the fault on the instance.
        """
        context.notification.payload["instance_id"] = self._instance_id
        conductor = conductor_api.API(context)
        try:
            yield
        except Exception as error:
            LOG.exception("guest of instance %s failed", self._instance_id)
            serialized = SerializableNotification.serialize(context, context.notification)
            conductor.client.prepare(version=conductor_api.API.API_BASE_VERSION).cast(
                context,
                "notify_exc_info",
                serialized_notification={**serialized, "instance_id": self._instance_id},
                message=str(error),
                exception=traceback.format_exception(error),
            )
            raise
        conductor.notify_end()


def _now() -> float:
    return float(timeutils.utcnow_ts(microsecond=True))
