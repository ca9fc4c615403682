"""The upgrade of a running Trove: the plug-in manages its existing instances, and creates new ones through Heat."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from trove_lab.demo.steps import FLAVOR, LARGER_FLAVOR, Job, Step, StepError, expect, healthy
from trove_lab.local.lab import Lab

MANAGER = "migration"
OLD, NEW = ("old-1", "old-2"), ("new-1", "new-2")
VOLUME = 1
"""GiB."""


class Upgrade:
    """The steps, in a lab that starts with stock Trove and a database without the plug-in's columns."""

    def __init__(self, lab: Lab) -> None:
        self._lab = lab
        self._servers: dict[str, str | None] = {}
        """Ids of the servers by role. No operation may replace a server."""

    @property
    def steps(self) -> Sequence[Step]:
        """Return the steps. Each is for two instances at once, the last for all four."""
        return (
            Step("create two old", lambda job: self._create(job, OLD), OLD, self._check_stock),
            Step("db upgrade", lambda _: self._upgrade(), OLD, self._check_stock),
            Step("restart", self._restart, OLD, self._check_native),
            Step("resize the old", lambda job: _resize(job, OLD), OLD, self._check_larger_native),
            Step("reboot the old", lambda job: _reboot(job, OLD), OLD, self._check_rebooted),
            Step("create two new", lambda job: self._create(job, NEW), NEW, self._check_stacks),
            Step("resize the new", lambda job: _resize(job, NEW), NEW, self._check_larger_stacks),
            Step("reboot the new", lambda job: _reboot(job, NEW), NEW, self._check_rebooted),
            Step("delete all", _delete, (*OLD, *NEW), _check_deleted, deletes=True),
        )

    def _create(self, job: Job, roles: Sequence[str]) -> None:
        for role in roles:
            created = job.user.instances.create(
                role,
                flavor_id=job.flavors[FLAVOR],
                volume={"size": VOLUME},
                datastore=job.datastore[0],
                datastore_version=job.datastore[1],
                nics=[{"network_id": job.network_id}],
            )
            job.instances[role] = created.id

    def _upgrade(self) -> None:
        """Add the plug-in's columns to Trove's database, as an operator does, while stock Trove uses it."""
        command = Path(sys.executable).with_name("trove-resources")
        completed = subprocess.run(  # noqa: S603 - our own command
            [str(command), "--config-file", str(self._lab.config_file), "db", "upgrade"],
            capture_output=True,
            text=True,
            check=False,
        )
        if completed.returncode:
            raise StepError(f"trove-resources db upgrade: {completed.stderr.strip() or completed.returncode}")

    def _restart(self, job: Job) -> None:
        """Restart Trove with the plug-in. From now on the plug-in manages instances whose row names no engine."""
        self._lab.restart_trove(manager=MANAGER)
        job.unnamed = "native"

    def _check_stock(self, job: Job) -> None:
        self._check(job, OLD, "stock", FLAVOR)

    def _check_native(self, job: Job) -> None:
        self._check(job, OLD, "native", FLAVOR)

    def _check_larger_native(self, job: Job) -> None:
        self._check(job, OLD, "native", LARGER_FLAVOR)

    def _check_stacks(self, job: Job) -> None:
        self._check(job, NEW, "orchestrator", FLAVOR)

    def _check_larger_stacks(self, job: Job) -> None:
        self._check(job, NEW, "orchestrator", LARGER_FLAVOR)

    def _check_rebooted(self, job: Job) -> None:
        """Raise StepError unless the instances that were created last are healthy and were rebooted once."""
        rebooted = [event["server_id"] for event in job.control.get("events")["events"] if _is_reboot(event)]
        roles = NEW if job.existing(NEW) else OLD
        for role in roles:
            healthy(job, role)
            expect(f"reboots of {role}", rebooted.count(job.record(role).server_id), 1)

    def _check(self, job: Job, roles: Sequence[str], engine: str, flavor: str) -> None:
        """Raise StepError unless the instances are healthy, with this engine, this flavor and their first server."""
        for role in roles:
            record = job.record(role)
            expect(f"engine of {role}", job.engine(role), engine)
            expect(f"{role} has a stack", record.stack_id is not None, engine == "orchestrator")
            expect(f"flavor of {role}", healthy(job, role).flavor["id"], job.flavors[flavor])
            expect(f"server of {role}", record.server_id, self._servers.setdefault(role, record.server_id))


def _is_reboot(event: dict[str, str]) -> bool:
    return event["kind"] == "server.rebooted"


def _resize(job: Job, roles: Sequence[str]) -> None:
    for role in roles:
        job.user.instances.resize_instance(job.instances[role], job.flavors[LARGER_FLAVOR])


def _reboot(job: Job, roles: Sequence[str]) -> None:
    for role in roles:
        job.admin.mgmt_instances.reboot(job.instances[role])


def _delete(job: Job) -> None:
    for role in job.existing((*OLD, *NEW)):
        job.user.instances.delete(job.instances[role])


def _check_deleted(job: Job) -> None:
    expect("instances in the list", [instance.name for instance in job.user.instances.list()], [])
