"""Waiting for the guest, whose reports are in Trove's database."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from trove.common.exception import ModelNotFoundError
from trove.instance.models import InstanceServiceStatus
from trove.instance.service_status import ServiceStatuses

from trove_resources.errors import GuestFailedError
from trove_resources.flows.context import FlowContext
from trove_resources.flows.waiting import Wait
from trove_resources.plugin.database.retry import retry_on_deadlock

_READY = (ServiceStatuses.RUNNING, ServiceStatuses.INSTANCE_READY, ServiceStatuses.HEALTHY)
_ON_THE_WAY = (ServiceStatuses.NEW, ServiceStatuses.BUILDING, ServiceStatuses.UNKNOWN, ServiceStatuses.DELETED)
_NOT_ITS_OWN = (ServiceStatuses.PAUSED, ServiceStatuses.RESTARTING)
"""What Trove writes on behalf of a guest. RESTARTING is written by its API for a reboot, whatever task runs."""
_UNHEALTHY = (ServiceStatuses.FAILED, ServiceStatuses.UNKNOWN, ServiceStatuses.FAILED_TIMEOUT_GUESTAGENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The latest report of a guest about its database."""

    status: Any
    """One of Trove's ServiceStatuses."""
    at: datetime
    is_recent: bool
    """Whether the guest still sends reports."""


class GuestWatch:
    """Reads reports with one query, for one guest or for many."""

    key = "guest"

    def one(self, resource_id: str, /) -> Report | None:
        """Return an instance's latest report."""
        try:
            return _report(InstanceServiceStatus.find_by(instance_id=resource_id))
        except ModelNotFoundError:
            return None

    def many(self, resource_ids: Iterable[str], /) -> Mapping[str, Report]:
        """Return the latest reports of instances."""
        chosen = InstanceServiceStatus.instance_id.in_(list(resource_ids))
        rows = InstanceServiceStatus.find_by_filter(filters=[chosen])
        return {row.instance_id: _report(row) for row in rows}


def await_ready(context: FlowContext, seconds: float) -> None:
    """Return when the guest of a new instance reports that the database is ready.

    Raises GuestFailedError when it reports a failure, DeadlineExceededError, and FlowStoppedError when the task is
    asked to stop.
    """

    def reached(report: Report) -> bool:
        if report.status not in (*_READY, *_ON_THE_WAY):
            raise _failed(context, report)
        return report.status in _READY

    _wait(context, "to have its database ready", reached, seconds)


def await_awake(context: FlowContext, seconds: float) -> None:
    """Write that the guest is paused, which it never reports itself, and return when it has reported anything."""
    _mark_paused(context.owner.instance_id)
    _wait(context, "to report", lambda report: report.status not in _NOT_ITS_OWN, seconds)


def await_healthy(context: FlowContext, seconds: float, *, afresh: bool = False) -> None:
    """Return when the guest reports that the database is healthy.

    Raises GuestFailedError when it reports a failure from now on, or, with ``afresh``, since it was marked as paused;
    DeadlineExceededError; and FlowStoppedError.
    """
    before: list[datetime] = []

    def reached(report: Report) -> bool:
        before.append(report.at)
        if report.status in _UNHEALTHY and report.is_recent and (afresh or report.at != before[0]):
            raise _failed(context, report)
        return bool(report.is_recent and report.status == ServiceStatuses.HEALTHY)

    _wait(context, "to be healthy", reached, seconds)


@retry_on_deadlock
def _mark_paused(instance_id: str) -> None:
    row = InstanceServiceStatus.find_by(instance_id=instance_id)
    row.set_status(ServiceStatuses.PAUSED)
    row.save()


def _wait(context: FlowContext, goal: str, reached: Callable[[Report], bool], seconds: float) -> None:
    instance_id = context.owner.instance_id

    def there(report: Report | None) -> bool:
        return report is not None and reached(report)

    wait = Wait(
        what=f"the guest of instance {instance_id} {goal}",
        reached=there,
        seconds=seconds,
        show=_show,
        check=context.check_stop,
    )
    context.wait(GuestWatch(), instance_id, wait)


def _show(report: Report | None) -> str:
    if report is None or report.status in _NOT_ITS_OWN:
        return "no report"
    return str(report.status.description)


def _failed(context: FlowContext, report: Report) -> GuestFailedError:
    return GuestFailedError(context.owner.instance_id, str(report.status.description))


def _report(row: Any) -> Report:
    return Report(status=row.get_status(), at=row.updated_at, is_recent=bool(row.is_uptodate()))
