"""Trove on a real cloud: its API as a user sees it, its database, and the cloud below."""

import time
from collections.abc import Callable
from functools import cached_property
from typing import Any, Final

from deployment import Deployment
from real_lab import RealLab

from local.conftest import Client, record_of
from trove_resources.markers import resource_name

SLOWNESS: Final = 4.0
"""The factor by which timeouts are longer than in a lab."""
POLL_INTERVAL: Final = 0.25
"""Seconds. Real services take longer to respond than minicloud."""
TASK_MANAGERS: Final = ("trove-taskmanager-1", "trove-taskmanager-2")
ENGINES: Final = {"stock": None, "native": "native", "orchestrator": "orchestrator", "migration": "orchestrator"}
"""The engine of new instances, by manager."""


class RealTrove(Deployment):
    """Trove, its API, its database, and the cloud below."""

    lab: RealLab  # type: ignore[assignment]

    def flavor(self, name: str) -> str:
        """Return the id of a flavor."""
        return self._flavors[name]

    @cached_property
    def _flavors(self) -> dict[str, str]:
        return {each.name: each.id for each in self.client.flavors.list()}

    def log(self) -> list[str]:
        """Return the lines of the guests' log, which contains the calls that they received."""
        return self.lab.log("guests")

    def task_managers_of(self, instance_id: str, words: str = "") -> set[str]:
        """Return the task managers whose logs have lines about an instance with these words."""

        def worked(line: str) -> bool:
            return f"instance {instance_id}," in line and words in line

        return {name for name in TASK_MANAGERS if any(map(worked, self.lab.log(name)))}

    def stacks_of(self, instance_id: str) -> dict[str, str]:
        """Return the statuses of an instance's stacks, by stack id."""
        rows = self.lab.control.get("inventory")["stacks"]
        return {row["id"]: row["stack_status"] for row in rows if row["stack_name"] == resource_name(instance_id)}

    def leftovers(self) -> list[str]:
        """Return resources that are neither seeded nor belong to an existing instance."""
        existing = {str(row) for (row,) in self._query("select id from instances where deleted = 0")}
        labels = {record_of(instance_id) for instance_id in existing}
        return [
            f"{kind}: {row}"
            for kind, rows in self.lab.control.get("inventory").items()
            if kind != "security_group_rules"
            for row in rows
            if not any(word in str(row) for word in existing | labels)
        ]

    def until_no_leftovers(self) -> None:
        """Return once all resources belong to existing instances."""
        self._until(lambda: not self.leftovers(), self.leftovers, seconds=10)

    def until_gone_without_a_trace(self, *instance_ids: str) -> None:
        """Return once the rows are marked deleted and the cloud has no resources of these instances."""

        def left() -> dict[str, list[dict[str, Any]]]:
            return {each: rows for each in instance_ids if any((rows := self.rows_of(each)).values())}

        for instance_id in instance_ids:
            self.until_record(instance_id, lambda seen: seen.deleted)
        # Nothing waits until Designate has deleted a record.
        self._until(lambda: not left(), left, seconds=10)

    def calm(self) -> None:
        """Remove all faults of the hypervisors and the guests."""
        self.lab.inject_faults([])
        self.lab.control.delete("guests")

    @staticmethod
    def _until(wanted: Callable[[], object], seen: Callable[[], object], *, seconds: float = 40) -> None:
        deadline = time.monotonic() + seconds * SLOWNESS
        while not wanted():
            assert time.monotonic() < deadline, f"still {seen()} after {seconds * SLOWNESS} s"
            time.sleep(POLL_INTERVAL)


def connect(lab: RealLab) -> RealTrove:
    """Return Trove as the user ``demo``, with the cloud as the administrator and as Trove's service user."""
    demo, operator = (
        Client(session=lab.accounts[name].get_session(), service_type="database", region_name="RegionOne")
        for name in ("demo", "admin")
    )
    return RealTrove(lab, demo, admin=lab.admin, service=lab.service, operator=operator)  # type: ignore[arg-type]
