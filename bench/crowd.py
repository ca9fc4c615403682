"""The same task for many instances at once, with one task manager."""

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace

from bench.cloud_time import cloud_seconds, durations
from bench.measurements import Crowd
from bench.processes import Usage
from trove_lab.demo import job as main_job
from trove_lab.demo.lab_job import job_of
from trove_lab.demo.measure import Entry, Meter, count, is_status_read, of_trove
from trove_lab.demo.steps import FLAVOR, LARGER_FLAVOR, Job, StepError
from trove_lab.local import records
from trove_lab.local.errors import LabError
from trove_lab.local.lab import Lab

DEADLINE = 900.0
"""Seconds that all instances together have for a task."""
CHANGED = 10
"""Up to this number, instances are resized and rebooted. More instances are only created and deleted."""
OPTIONS = {"DEFAULT": {"executor_thread_pool_size": "128"}}
"""For ``trove.conf``: with Trove's default of 64 tasks per task manager, 100 instances would run in two waves."""
_SENDERS = 16
"""Concurrent requests to Trove's API."""
_POLL_INTERVAL, _POLL_INTERVAL_PER_INSTANCE = 0.1, 0.004
"""Seconds between polls of Trove's database. It grows with the instances, because polling takes CPU from the cloud."""


class FirstInstanceError(Exception):
    """The first instance, which is not measured, could not be created or deleted."""


@dataclass(frozen=True, slots=True)
class Task:
    """A task. ``ask`` takes the id of an instance, or its name to create it, and returns the id."""

    name: str
    ask: Callable[[Job, str], str]
    deletes: bool = False


def measure(lab: Lab, instances: int) -> Iterator[Crowd]:
    """Create instances at once in an empty lab, change them if they are few, and delete all of them.

    Raises LabError if Trove or Heat dies, and FirstInstanceError if not even one instance can be created.
    """
    job = job_of(lab)
    _warm_up(lab, job)
    creation = _AtOnce(lab, job, CREATE)
    yield creation.run([f"bench-{number}" for number in range(1, instances + 1)])
    healthy = creation.done
    for task in CHANGES:
        if healthy and instances <= CHANGED:
            change = _AtOnce(lab, job, task)
            yield change.run(healthy)
            healthy = change.done
    if creation.accepted:
        deletion = _AtOnce(lab, job, DELETE).run(creation.accepted)
        yield replace(deletion, left=len(main_job.leftovers(job)))


def _warm_up(lab: Lab, job: Job) -> None:
    """Create and delete one instance on a cloud without durations, then set the durations.

    This excludes one-time work from the measurement, and creates the quota rows of the project. Without these rows,
    Trove's API would reject some of the first concurrent requests, because each of them tries to create the rows.
    """
    lab.control.post("durations", dict.fromkeys(durations(), 0.0))
    creation, deletion = _AtOnce(lab, job, CREATE), _AtOnce(lab, job, DELETE)
    for measured in (creation.run(["bench-0"]), deletion.run(creation.accepted)):
        if measured.error:
            raise FirstInstanceError(f"the first instance: {measured.task}: {measured.error}")
    lab.control.post("durations", durations())


def peak(times: Iterable[float], span: float = 1.0) -> int:
    """Return the largest number of times within ``span`` seconds. The times are in ascending order."""
    within: deque[float] = deque()
    most = 0
    for moment in times:
        within.append(moment)
        while moment - within[0] >= span:
            within.popleft()
        most = max(most, len(within))
    return most


class _AtOnce:
    """A task for many instances at once, requested and waited for once."""

    def __init__(self, lab: Lab, job: Job, task: Task) -> None:
        self._lab, self._job, self._task = lab, job, task
        self.accepted: list[str] = []
        """The ids of the instances for which Trove accepted the task."""
        self._pending: list[str] = []
        self.done: list[str] = []
        """The ids of the instances whose task succeeded."""
        self._errors: list[str] = []

    def run(self, targets: Sequence[str]) -> Crowd:
        """Request the task for every target, and return when the last one has ended. Raises LabError if Trove died."""
        self._lab.check()
        meter = Meter(self._job.control)
        with ExitStack() as stack:
            usage = {name: stack.enter_context(Usage(pid)) for name, pid in self._lab.pids.items()}
            began = time.monotonic()
            self._ask(targets)
            try:
                self._settle(usage, began + DEADLINE)
            except LabError as error:
                self._errors += [str(error)] * len(self._pending)
            seconds = time.monotonic() - began
        return self._crowd(meter.entries(), usage, seconds)

    def _crowd(self, entries: Sequence[Entry], usage: Mapping[str, Usage], seconds: float) -> Crowd:
        calls, trove, heat = count(entries), usage["trove"], usage.get("heat")
        return Crowd(
            manager=self._lab.manager,
            task=self._task.name,
            instances=len(self.done) + len(self._errors),
            seconds=round(seconds, 3),
            cloud_seconds=cloud_seconds(self._task.name),
            calls=sum(calls.by_trove.values()),
            status_reads=calls.status_reads,
            peak=peak(entry["time"] for entry in of_trove(entries) if is_status_read(entry)),
            memory=round(trove.memory, 1),
            cpu_seconds=round(trove.cpu_seconds, 2),
            heat_calls=sum(calls.by_heat.values()) if heat else None,
            heat_memory=round(heat.memory, 1) if heat else None,
            heat_cpu_seconds=round(heat.cpu_seconds, 2) if heat else None,
            failed=len(self._errors),
            error=self._errors[0] if self._errors else None,
        )

    def _ask(self, targets: Sequence[str]) -> None:
        with ThreadPoolExecutor(_SENDERS, thread_name_prefix="bench") as senders:
            asked = [senders.submit(self._task.ask, self._job, target) for target in targets]
        for answer in asked:
            rejected = answer.exception()
            if rejected is None:
                self.accepted.append(answer.result())
            else:
                self._errors.append(f"rejected: {rejected}")
        self._pending = list(self.accepted)

    def _settle(self, usage: Mapping[str, Usage], deadline: float) -> None:
        """Wait until every task has ended, or the deadline has passed. Raises LabError if Trove or Heat dies."""
        while self._pending:
            self._lab.check()
            for each in usage.values():
                each.read()
            late = time.monotonic() > deadline
            self._pending = [each for each in self._pending if not self._is_over(each, late=late)]
            time.sleep(_POLL_INTERVAL + _POLL_INTERVAL_PER_INSTANCE * len(self._pending))

    def _is_over(self, instance_id: str, *, late: bool) -> bool:
        try:
            if not _is_done(self._job, self._task, instance_id, late=late):
                return False
        except StepError as error:
            self._errors.append(str(error))
        else:
            self.done.append(instance_id)
        return True


def _is_done(job: Job, task: Task, instance_id: str, *, late: bool) -> bool:
    """Return whether a task has ended. Raises StepError if it failed or timed out."""
    record = records.read(job.database, instance_id)
    if record is None:
        raise StepError(f"Trove no longer has the instance {instance_id}")
    if main_job.is_done(record, deletes=task.deletes):
        return True
    if late:
        raise StepError(f"timed out after {DEADLINE:.0f} s; {record.task}, database {record.guest}, {record.fault}")
    return False


def _create(job: Job, name: str) -> str:
    created = job.user.instances.create(
        name,
        flavor_id=job.flavors[FLAVOR],
        volume={"size": 1},
        datastore=job.datastore[0],
        datastore_version=job.datastore[1],
        nics=[{"network_id": job.network_id}],
    )
    return str(created.id)


def _resize_flavor(job: Job, instance_id: str) -> str:
    job.user.instances.resize_instance(instance_id, job.flavors[LARGER_FLAVOR])
    return instance_id


def _reboot(job: Job, instance_id: str) -> str:
    job.admin.mgmt_instances.reboot(instance_id)
    return instance_id


def _delete(job: Job, instance_id: str) -> str:
    job.user.instances.delete(instance_id)
    return instance_id


CREATE = Task("create", _create)
CHANGES = (Task("resize flavor", _resize_flavor), Task("reboot", _reboot))
DELETE = Task("delete", _delete, deletes=True)
