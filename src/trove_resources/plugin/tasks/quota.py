"""The tenant's quota, which Trove's API takes when it accepts a change, and gives back when it accepts a delete."""

import threading

from oslo_log import log as logging
from sqlalchemy import case
from trove.quota.models import QuotaUsage

from trove_resources.plugin.database.instances import BuiltInstance
from trove_resources.plugin.database.retry import retry_on_deadlock

LOG = logging.getLogger(__name__)


@retry_on_deadlock
def give_back(instance: BuiltInstance, resource: str, amount: int) -> None:
    """Give back what Trove's API took from the tenant's quota for a change; a negative amount is taken again.

    The latter even above the quota: the instance uses it. This is one statement: Trove's own functions read, add and
    write, so that of two at the same time one is lost.
    """
    if not amount:
        return
    LOG.info("instance %s: giving %s of %s back to its tenant's quota", instance.id, amount, resource)
    with QuotaUsage.query() as rows:
        usage = rows.filter_by(tenant_id=instance.tenant_id, resource=resource)
        # As in Trove, usage is never negative.
        left = QuotaUsage.in_use - amount
        usage.update({"in_use": case((left < 0, 0), else_=left)}, synchronize_session=False)


class Announced:
    """Writes the announced results of a flow to its instance, and remembers those that were too late for a delete.

    When Trove's API accepts a delete, it gives back the quota that the row names; the flow is asked to stop only then.
    What is written from then on was not given back.
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
