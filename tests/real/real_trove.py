"""Trove on a real cloud, as a user sees it, with what the database and the cloud say behind it."""

import time
from collections.abc import Callable
from functools import cached_property
from typing import Any, Final

from deployment import Deployment
from real_lab import RealLab

from local.conftest import Client, record_of
from trove_resources.markers import resource_name

PATIENCE: Final = 4.0
"""How many times as long as in a lab things may take."""
GLANCE: Final = 0.25
"""Seconds between two looks: a real service takes its time to answer."""
TASK_MANAGERS: Final = ("trove-taskmanager-1", "trove-taskmanager-2")
ENGINES: Final = {"stock": None, "native": "native", "orchestrator": "orchestrator", "migration": "orchestrator"}
"""Which engine new instances have with which manager."""


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
        """Return the lines of the guests' log, which has the calls that came to them."""
        return self.lab.log("guests")

    def task_managers_of(self, instance_id: str, words: str = "") -> set[str]:
        """Return the task managers that worked on an instance, as these words in their log say."""

        def worked(line: str) -> bool:
            return f"instance {instance_id}," in line and words in line

        return {name for name in TASK_MANAGERS if any(map(worked, self.lab.log(name)))}

    def stacks_of(self, instance_id: str) -> dict[str, str]:
        """Return the status of each stack of an instance, by its id."""
        rows = self.lab.control.get("inventory")["stacks"]
        return {row["id"]: row["stack_status"] for row in rows if row["stack_name"] == resource_name(instance_id)}

    def strays(self) -> list[str]:
        """Return what the cloud holds beside what was there at first and what belongs to an instance that lives."""
        living = {str(row) for (row,) in self._query("select id from instances where deleted = 0")}
        labels = {record_of(instance_id) for instance_id in living}
        return [
            f"{kind}: {row}"
            for kind, rows in self.lab.control.get("inventory").items()
            if kind != "security_group_rules"
            for row in rows
            if not any(word in str(row) for word in living | labels)
        ]

    def until_no_strays(self) -> None:
        """Return once the cloud holds nothing but what belongs to an instance that lives."""
        self._until(lambda: not self.strays(), self.strays, seconds=10)

    def until_gone_without_a_trace(self, *instance_ids: str) -> None:
        """Return once rows are marked deleted and the cloud holds nothing for them."""

        def left() -> dict[str, list[dict[str, Any]]]:
            return {each: rows for each in instance_ids if any((rows := self.rows_of(each)).values())}

        for instance_id in instance_ids:
            self.until_record(instance_id, lambda seen: seen.deleted)
        # Designate's deletes nobody waits for.
        self._until(lambda: not left(), left, seconds=10)

    def calm(self) -> None:
        """Let the hypervisors and the guests behave."""
        self.lab.order([])
        self.lab.control.delete("guests")

    @staticmethod
    def _until(wanted: Callable[[], object], seen: Callable[[], object], *, seconds: float = 40) -> None:
        deadline = time.monotonic() + seconds * PATIENCE
        while not wanted():
            assert time.monotonic() < deadline, f"still {seen()} after {seconds * PATIENCE} s"
            time.sleep(GLANCE)


def connect(lab: RealLab) -> RealTrove:
    """Return Trove as the user ``demo``, and the cloud as the administrator and as Trove's own user."""
    demo, operator = (
        Client(session=lab.accounts[name].get_session(), service_type="database", region_name="RegionOne")
        for name in ("demo", "admin")
    )
    return RealTrove(lab, demo, admin=lab.admin, service=lab.service, operator=operator)  # type: ignore[arg-type]
