"""The tenant's quota: what Trove's API took when it accepted a change, and gave back when it accepted a delete."""

import threading

from oslo_log import log as logging
from sqlalchemy import case
from trove.quota.models import QuotaUsage

from trove_resources.plugin.database.instances import BuiltInstance
from trove_resources.plugin.database.retry import retry_on_deadlock

LOG = logging.getLogger(__name__)


@retry_on_deadlock
def give_back(instance: BuiltInstance, resource: str, amount: int) -> None:
    """Give back what Trove's API took of the tenant's quota for a change; less than nothing is taken again.

    The latter whether there is room or not: the instance has it. It is one statement: Trove's own functions read, add
    and write, and of two at once one is lost.
    """
    if not amount:
        return
    LOG.info("instance %s: %s of %s are given back to its tenant's quota", instance.id, amount, resource)
    with QuotaUsage.query() as rows:
        usage = rows.filter_by(tenant_id=instance.tenant_id, resource=resource)
        # Trove's own rule: nothing is used less than nothing.
        left = QuotaUsage.in_use - amount
        usage.update({"in_use": case((left < 0, 0), else_=left)}, synchronize_session=False)


class Announced:
    """Hands a flow's results on to its instance, and notes those that came too late for a delete.

    Trove's API gives back what the row says when it accepts a delete, and only then is the flow asked to stop: what
    is written from then on, the API has not given back.
    """

    def __init__(self, instance: BuiltInstance, stop: threading.Event) -> None:
        self._instance, self._stop = instance, stop
        self.size_before: int = instance.volume_size or 0
        self.too_late: set[str] = set()

    def announce(self, name: str, value: str | None) -> None:
        """Write a result to the row."""
        self._instance.announce(name, value)
        if self._stop.is_set():
            self.too_late.add(name)
