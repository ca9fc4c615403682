"""The same task for many instances at once, in one task manager."""

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
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
"""Seconds all instances have for a task."""
CHANGED = 10
"""So many instances at the most are resized and rebooted; more are created and deleted only."""
OPTIONS = {"DEFAULT": {"executor_thread_pool_size": "128"}}
"""For ``trove.conf``: with Trove's default of 64 tasks a task manager, 100 would come in two waves."""
_SENDERS = 16
"""Requests to Trove's API at the same time."""
_GLANCE, _GLANCE_EACH = 0.1, 0.004
"""Seconds between two looks at Trove's database, and what each instance adds: looking takes time from the cloud."""


class FirstInstanceError(Exception):
    """The instance that comes first, and is not measured, could not be created or deleted."""


@dataclass(frozen=True, slots=True)
class Task:
    """A task. ``ask`` takes an instance's id, or its name to create it, and returns the id."""

    name: str
    ask: Callable[[Job, str], str]
    deletes: bool = False


def measure(lab: Lab, instances: int) -> Iterator[Crowd]:
    """Create so many instances at once in an empty lab, change them if they are few, and delete them all.

    Raises LabError for a task that Trove did not live to see, FirstInstanceError when not even one can be made.
    """
    job = job_of(lab)
    _warm_up(lab, job)
    creation = _AtOnce(lab, job, CREATE)
    yield creation.run([f"bench-{number}" for number in range(1, instances + 1)])
    well = creation.done
    for task in CHANGES:
        if well and instances <= CHANGED:
            change = _AtOnce(lab, job, task)
            yield change.run(well)
            well = change.done
    if creation.accepted:
        deletion = _AtOnce(lab, job, DELETE).run(creation.accepted)
        yield replace(deletion, left=len(main_job.leftovers(job)))


def _warm_up(lab: Lab, job: Job) -> None:
    """Have one instance come and go on a cloud that takes no time, then let it take its time.

    So nothing is measured that is done only once, and Trove's quota rows are there: of the first requests of a project
    that come at once, its API refuses some, since each makes these rows.
    """
    lab.control.post("durations", dict.fromkeys(durations(), 0.0))
    creation, deletion = _AtOnce(lab, job, CREATE), _AtOnce(lab, job, DELETE)
    for measured in (creation.run(["bench-0"]), deletion.run(creation.accepted)):
        if measured.error:
            raise FirstInstanceError(f"the first instance: {measured.task}: {measured.error}")
    lab.control.post("durations", durations())


def peak(times: Iterable[float], span: float = 1.0) -> int:
    """Return the most moments that lie within ``span`` seconds. They come in order."""
    within: deque[float] = deque()
    most = 0
    for moment in times:
        within.append(moment)
        while moment - within[0] >= span:
            within.popleft()
        most = max(most, len(within))
    return most


class _AtOnce:
    """A task for many instances at once, asked for and waited for once."""

    def __init__(self, lab: Lab, job: Job, task: Task) -> None:
        self._lab, self._job, self._task = lab, job, task
        self.accepted: list[str] = []
        """The instances, by their ids, for which Trove took the task on."""
        self._pending: list[str] = []
        self.done: list[str] = []
        """The instances, by their ids, whose task did what it should."""
        self._errors: list[str] = []

    def run(self, targets: Sequence[str]) -> Crowd:
        """Ask for the task of every target and return when the last is over. Raises LabError without a Trove."""
        self._lab.check()
        meter = Meter(self._job.control)
        with Usage(self._lab.pids["trove"]) as usage:
            began = time.monotonic()
            self._ask(targets)
            try:
                self._settle(usage, began + DEADLINE)
            except LabError as error:
                self._errors += [str(error)] * len(self._pending)
            seconds = time.monotonic() - began
        return self._crowd(meter.entries(), usage, seconds)

    def _crowd(self, entries: Sequence[Entry], usage: Usage, seconds: float) -> Crowd:
        calls = count(entries)
        return Crowd(
            manager=self._lab.manager,
            task=self._task.name,
            instances=len(self.done) + len(self._errors),
            seconds=round(seconds, 3),
            cloud_seconds=cloud_seconds(self._task.name),
            calls=sum(calls.by_trove.values()),
            status_reads=calls.status_reads,
            peak=peak(entry["time"] for entry in of_trove(entries) if is_status_read(entry)),
            memory=round(usage.memory, 1),
            cpu_seconds=round(usage.cpu_seconds, 2),
            failed=len(self._errors),
            error=self._errors[0] if self._errors else None,
        )

    def _ask(self, targets: Sequence[str]) -> None:
        with ThreadPoolExecutor(_SENDERS, thread_name_prefix="bench") as senders:
            asked = [senders.submit(self._task.ask, self._job, target) for target in targets]
        for answer in asked:
            refused = answer.exception()
            if refused is None:
                self.accepted.append(answer.result())
            else:
                self._errors.append(f"refused: {refused}")
        self._pending = list(self.accepted)

    def _settle(self, usage: Usage, deadline: float) -> None:
        """Wait until every task is over, or the deadline is. Raises LabError when Trove dies."""
        while self._pending:
            self._lab.check()
            usage.look()
            late = time.monotonic() > deadline
            self._pending = [each for each in self._pending if not self._is_over(each, late=late)]
            time.sleep(_GLANCE + _GLANCE_EACH * len(self._pending))

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
    """Say whether a task is over. Raises StepError when it failed, or should be over by now."""
    record = records.read(job.database, instance_id)
    if record is None:
        raise StepError(f"Trove does not know instance {instance_id} any more")
    if main_job.is_done(record, deletes=task.deletes):
        return True
    if late:
        raise StepError(f"not done after {DEADLINE:.0f} s; {record.task}, database {record.guest}, {record.fault}")
    return False


def _create(job: Job, name: str) -> str:
    made = job.user.instances.create(
        name,
        flavor_id=job.flavors[FLAVOR],
        volume={"size": 1},
        datastore=job.datastore[0],
        datastore_version=job.datastore[1],
        nics=[{"network_id": job.network_id}],
    )
    return str(made.id)


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
