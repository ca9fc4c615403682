"""Waiting for the guest: its reports are in Trove's database."""

import threading

from trove.instance.models import InstanceServiceStatus
from trove.instance.service_status import ServiceStatuses

from trove_resources.errors import DeadlineExceededError, FlowStoppedError, GuestFailedError
from trove_resources.flows.clock import Clock

SOON, LONGEST, SHARE = 0.1, 1.0, 1 / 16
"""Seconds until the second look, between two at the most, and the part of the time waited that passes between two."""

_READY = (ServiceStatuses.RUNNING, ServiceStatuses.INSTANCE_READY, ServiceStatuses.HEALTHY)
_ON_THE_WAY = (ServiceStatuses.NEW, ServiceStatuses.BUILDING, ServiceStatuses.UNKNOWN, ServiceStatuses.DELETED)


def wait_until_ready(instance_id: str, seconds: float, *, clock: Clock, stop: threading.Event) -> None:
    """Return when the guest reports that the database is there.

    Raises GuestFailedError when it reports anything else than being on its way, DeadlineExceededError, and
    FlowStoppedError when ``stop`` is set.
    """
    began = clock.now()
    while True:
        status = InstanceServiceStatus.find_by(instance_id=instance_id).get_status()
        if status in _READY:
            return
        if status not in _ON_THE_WAY:
            raise GuestFailedError(instance_id, str(status.description))
        if stop.is_set():
            raise FlowStoppedError(f"instance {instance_id} is to be deleted")
        waited = clock.now() - began
        if waited >= seconds:
            raise DeadlineExceededError(
                what=f"the guest of instance {instance_id}", seconds=seconds, last=str(status.description)
            )
        clock.sleep(min(LONGEST, max(SOON, SHARE * waited)))
