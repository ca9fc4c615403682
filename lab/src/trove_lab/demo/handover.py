"""The hand-over of a whole Trove: the plug-in goes on with the instances it has, and makes new ones through Heat."""

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


class Handover:
    """Its steps, in a lab that begins with stock Trove, as Trove alone made its database."""

    def __init__(self, lab: Lab) -> None:
        self._lab = lab
        self._servers: dict[str, str | None] = {}
        """Ids by role: no instance is made anew."""

    @property
    def steps(self) -> Sequence[Step]:
        """Return them; each is for two instances at once, the last for all."""
        return (
            Step("create two old", lambda job: self._create(job, OLD), OLD, self._are_stocks),
            Step("db upgrade", lambda _: self._upgrade(), OLD, self._are_stocks),
            Step("restart", self._restart, OLD, self._are_native),
            Step("resize the old", lambda job: _resize(job, OLD), OLD, self._are_native_and_larger),
            Step("reboot the old", lambda job: _reboot(job, OLD), OLD, self._are_rebooted),
            Step("create two new", lambda job: self._create(job, NEW), NEW, self._are_stacks),
            Step("resize the new", lambda job: _resize(job, NEW), NEW, self._are_stacks_and_larger),
            Step("reboot the new", lambda job: _reboot(job, NEW), NEW, self._are_rebooted),
            Step("delete all", _delete, (*OLD, *NEW), _are_gone, deletes=True),
        )

    def _create(self, job: Job, roles: Sequence[str]) -> None:
        for role in roles:
            made = job.user.instances.create(
                role,
                flavor_id=job.flavors[FLAVOR],
                volume={"size": VOLUME},
                datastore=job.datastore[0],
                datastore_version=job.datastore[1],
                nics=[{"network_id": job.network_id}],
            )
            job.instances[role] = made.id

    def _upgrade(self) -> None:
        """Give Trove's database the plug-in's columns, as an operator does, while stock Trove runs on it."""
        command = Path(sys.executable).with_name("trove-resources")
        done = subprocess.run(  # noqa: S603 - our own command
            [str(command), "--config-file", str(self._lab.config_file), "db", "upgrade"],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise StepError(f"trove-resources db upgrade: {done.stderr.strip() or done.returncode}")

    def _restart(self, job: Job) -> None:
        """Start Trove again, with the plug-in: from here on it manages what no engine is named for."""
        self._lab.restart_trove(manager=MANAGER)
        job.unnamed = "native"

    def _are_stocks(self, job: Job) -> None:
        self._are(job, OLD, "stock", FLAVOR)

    def _are_native(self, job: Job) -> None:
        self._are(job, OLD, "native", FLAVOR)

    def _are_native_and_larger(self, job: Job) -> None:
        self._are(job, OLD, "native", LARGER_FLAVOR)

    def _are_stacks(self, job: Job) -> None:
        self._are(job, NEW, "orchestrator", FLAVOR)

    def _are_stacks_and_larger(self, job: Job) -> None:
        self._are(job, NEW, "orchestrator", LARGER_FLAVOR)

    def _are_rebooted(self, job: Job) -> None:
        """Raise StepError unless the instances that were made last have been rebooted once, and are well."""
        happened = [event["server_id"] for event in job.control.get("events")["events"] if _is_reboot(event)]
        roles = NEW if job.there(NEW) else OLD
        for role in roles:
            healthy(job, role)
            expect(f"reboots of {role}", happened.count(job.record(role).server_id), 1)

    def _are(self, job: Job, roles: Sequence[str], engine: str, flavor: str) -> None:
        """Raise StepError unless instances are well, have the flavor and the server they had, and that engine."""
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
    for role in job.there((*OLD, *NEW)):
        job.user.instances.delete(job.instances[role])


def _are_gone(job: Job) -> None:
    expect("instances in the list", [instance.name for instance in job.user.instances.list()], [])
