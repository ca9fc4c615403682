"""What a signal has done: a part in the request, which may refuse it, and a part that watches what becomes of it."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar

from heat.common import exception

from trove_resources_heat.attachments import complete_attachments
from trove_resources_heat.compute import RUNNING, VERIFY_RESIZE, Compute, ServerState
from trove_resources_heat.gate import Gate, Way
from trove_resources_heat.record import CONFIRMED, REVERTED, Record, now
from trove_resources_heat.refusals import as_nova_refuses, refused


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What operations work with."""

    compute: Compute
    record: Record
    tell: Callable[[str], None]
    """Writes an event of the resource."""
    seconds: int
    """How long an operation may take."""
    resize_seconds: int
    """How long a move waits for a decision, unless the signal says."""
    resource: Any


class Operation(ABC):
    """One signal. ``ask`` raises what answers the request; ``watch`` ends when it is done and raises when it failed."""

    name: ClassVar[str]
    keys: ClassVar[dict[str, type]] = {}
    """What its signal may carry."""

    def __init__(self, around: Surroundings, details: dict[str, Any]) -> None:
        self.around, self.details = around, details
        self.compute, self.record = around.compute, around.record

    def ask(self) -> None:
        """Ask Nova for it."""
        server = self.compute.show()
        if server is None:
            raise exception.Error(f"{self.name}: Nova does not show the server now")
        with as_nova_refuses(self.name):
            self.begin(server)

    @abstractmethod
    def begin(self, server: ServerState) -> None:
        """Check the server, and ask Nova."""

    def watch(self) -> Iterator[None]:
        """Yield between two looks at the server until it is at rest."""
        yield from self.until(self.ended)

    def ended(self, server: ServerState) -> bool:
        """Say whether a server at rest is as it was to become. Raises heat's Error when it never will be."""
        if server.status == "ERROR":
            raise exception.Error(f"the server is in ERROR: {server.fault or 'no fault is shown'}")
        return True

    def until(self, ended: Callable[[ServerState], bool]) -> Iterator[None]:
        """Yield until the server is at rest and ``ended``."""
        end = now() + timedelta(seconds=self.around.seconds)
        while True:
            server = self.compute.show()
            if server is not None and server.at_rest and ended(server):
                return
            if now() >= end:
                raise exception.Error(f"it is not done after {self.around.seconds} s; the server is {server}")
            yield

    def need(self, server: ServerState, *statuses: str) -> None:
        """Refuse the signal unless the server is at rest with one of these statuses."""
        if not server.at_rest or server.status not in statuses:
            doing = f" ({server.task_state})" if server.task_state else ""
            raise refused(self.name, f"the server is {server.status}{doing}; it has to be {' or '.join(statuses)}")


class Reboot(Operation):
    """Soft; hard where ``type`` says so, or where the server does not run."""

    name = "reboot"
    keys: ClassVar[dict[str, type]] = {"type": str}

    def begin(self, server: ServerState) -> None:
        """Refuse another type than Nova has."""
        wanted = self.details.get("type", "SOFT")
        if wanted not in ("SOFT", "HARD"):
            raise refused(self.name, f"type is SOFT or HARD, not {wanted}")
        self.compute.reboot(hard=wanted == "HARD" or server.status != "ACTIVE")


class Confirm(Operation):
    """The server stays where it is now."""

    name = "confirm"

    def begin(self, server: ServerState) -> None:
        """Refuse it unless there is something to confirm."""
        self.need(server, VERIFY_RESIZE)
        move = self.record.move()
        self._move_id = move.id if move and not move.ended else ""
        self.compute.confirm()

    def ended(self, server: ServerState) -> bool:
        """Look at the server, which shows nothing while it is being confirmed."""
        if server.status == VERIFY_RESIZE:
            return False
        done = super().ended(server)
        # Whoever watches the move writes the same; if nobody does, it is to be read here.
        self.record.end(self._move_id, CONFIRMED)
        return done


class Revert(Operation):
    """The server goes back to where it was; ``reason`` is what the update or migration fails with."""

    name = "revert"
    keys: ClassVar[dict[str, type]] = {"reason": str}

    def begin(self, server: ServerState) -> None:
        """Refuse it unless there is something to revert."""
        self.need(server, VERIFY_RESIZE)
        move = self.record.move()
        self._move_id = move.id if move and not move.ended else ""
        self._reason = self.details.get("reason", "by a signal")
        # Before Nova has it: whoever watches the move gives this reason as soon as the server is back.
        self.record.give_back(self._reason)
        try:
            self.compute.revert()
        except Exception:
            self.record.withdraw()
            raise

    def ended(self, server: ServerState) -> bool:
        """Look at the server."""
        if server.status == VERIFY_RESIZE:
            return False
        done = super().ended(server)
        self.record.end(self._move_id, REVERTED, self._reason)
        return done


class Migrate(Operation):
    """Another host: ``host``, or any. It waits ``timeout`` seconds for a decision, as a resize does."""

    name = "migrate"
    keys: ClassVar[dict[str, type]] = {"host": str, "timeout": int}

    def begin(self, server: ServerState) -> None:
        """Refuse it unless the server is one that can be moved."""
        self.need(server, *sorted(RUNNING))
        seconds = self.details.get("timeout", self.around.resize_seconds)
        if seconds <= 0:
            raise refused(self.name, "timeout is a number of seconds above 0")
        host, came_from = self.details.get("host"), server.host_id
        move = self.record.begin(self.name, host or "")
        way = Way(move=move, seconds=seconds, arrived=lambda seen: seen.host_id != came_from)
        self._gate = Gate(self.compute, self.record, way, self.around.tell)
        try:
            self.compute.migrate(host)
        except Exception as error:
            self.record.end(move.id, "FAILED", str(error))
            raise

    def watch(self) -> Iterator[None]:
        """Yield until somebody has decided, or the gate has."""
        while not self._gate.step():
            yield


class Rebuild(Operation):
    """The server on ``image``, or on its own again, with ``user_data``, or with what it has."""

    name = "rebuild"
    keys: ClassVar[dict[str, type]] = {"image": str, "user_data": str}

    def begin(self, server: ServerState) -> None:
        """Refuse it when no image is known."""
        given = self.details.get("image")
        image_id = self._find(given) if given else server.image_id
        if image_id is None:
            raise refused(self.name, "image is needed: the server boots from a volume, which does not name one")
        changes = {}
        if "user_data" in self.details:
            changes["userdata"] = self.around.resource.user_data_for_nova(self.details["user_data"])
        self.compute.rebuild(image_id, **changes)

    def _find(self, image: str) -> str:
        try:
            return str(self.around.resource.client_plugin("glance").find_image_by_name_or_id(image))
        except exception.HeatException as error:
            raise refused(self.name, str(error)) from error


class Recover(Operation):
    """A server that Nova left in ERROR runs again, and has its volumes.

    After a resize that failed on the new host, a hard reboot takes the server up on the old one; but Nova does not come
    to tell Cinder that it has its volumes, and without that it can never be resized again.
    """

    name = "recover"

    def begin(self, server: ServerState) -> None:
        """Ask for a hard reboot, unless it runs."""
        self.need(server, "ERROR", *sorted(RUNNING))
        if server.status != "ACTIVE":
            self.compute.reboot(hard=True)

    def watch(self) -> Iterator[None]:
        """Yield until it is ACTIVE; then see to its volumes."""
        yield from self.until(lambda server: self.ended(server) and server.status == "ACTIVE")
        complete_attachments(self.around.resource.client("cinder"), self.compute.server_id)


OPERATIONS: dict[str, type[Operation]] = {
    each.name: each for each in (Reboot, Confirm, Revert, Migrate, Rebuild, Recover)
}
"""What ``action`` of a signal can be."""
DECISIONS = frozenset({Confirm.name, Revert.name})
"""Those that are for a server which is being changed."""
