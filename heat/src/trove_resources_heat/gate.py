"""A server's way to another flavor or host, which ends when somebody has decided, or nobody in time.

Nova holds the decision: confirming and reverting are calls to Nova, of whoever makes them, and the gate only watches
the server. So a decision is never lost, and works while nobody watches.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from heat.common import exception
from keystoneauth1 import exceptions as keystone
from novaclient import exceptions as nova

from trove_resources_heat.compute import RUNNING, VERIFY_RESIZE, Compute, ServerState, is_unclear
from trove_resources_heat.record import CONFIRMED, FAILED, REVERTED, Move, Record, as_text, now

LOG = logging.getLogger(__name__)

ATTEMPTS = 5
"""How often Nova is asked to move a server while it does not say whether it does."""


@dataclass(frozen=True, kw_only=True)
class Way:
    """What one gate is about."""

    move: Move
    seconds: int
    """How long it waits for a decision."""
    arrived: Callable[[ServerState], bool]
    """Says whether a server is where it is to go."""
    ask: Callable[[], None] | None = None
    """Asks Nova for it; None when that was done."""
    take_over: bool = False
    """A server found at VERIFY_RESIZE where it is to go, before it was asked for, was sent there by an earlier try."""
    confirm: bool = False
    """Confirm it at once: nobody is there to decide."""


class Gate:
    """One look after the other: ``step`` returns True when the server stays where it was to go, and raises if not."""

    def __init__(self, compute: Compute, record: Record, way: Way, tell: Callable[[str], None]) -> None:
        self._compute, self._record, self._way, self._tell = compute, record, way, tell
        self._look = self._begin if way.ask else self._moving
        self._deadline: datetime | None = None
        self._attempts = 0

    def step(self) -> bool:
        """Look at the server once. Raises heat's Error, or what Nova's refusal is."""
        if not self._record.is_latest(self._way.move):
            raise exception.Error(f"the {self._name} was given up for a later one")
        try:
            done = self._step()
        except Exception as error:
            self._record.end(self._way.move.id, FAILED, str(error))
            raise
        if done:
            self._record.end(self._way.move.id, CONFIRMED)
        return done

    def _step(self) -> bool:
        server = self._compute.show()
        if server is None or not server.at_rest:
            return False
        if server.status == "ERROR":
            raise exception.Error(f"the server is in ERROR: {server.fault or 'no fault is shown'}; it is left as it is")
        return self._look(server)

    def give_back(self, reason: str) -> None:
        """Have a server that waits reverted, without looking any further."""
        self._record.give_back(reason)
        server = self._compute.show()
        waits = server is not None and server.status == VERIFY_RESIZE and self._record.is_latest(self._way.move)
        if waits and self._decide(self._compute.revert):
            self._record.end(self._way.move.id, REVERTED, reason)

    @property
    def _name(self) -> str:
        return self._way.move.operation

    def _begin(self, server: ServerState) -> bool:
        verdict = self._record.verdict(self._way.move)
        if verdict is not None:
            raise exception.Error(f"the {self._name} was given up before it began: {verdict}")
        if server.status == VERIFY_RESIZE:
            if self._way.take_over and self._way.arrived(server):
                return self._arrive(server)
            # Somebody's earlier move that nobody has decided on.
            self._decide(self._compute.revert)
            return False
        if self._way.arrived(server):
            return True
        if server.status not in RUNNING:
            raise exception.Error(f"the server is {server.status}; it has to be ACTIVE or SHUTOFF for a {self._name}")
        self._ask()
        return False

    def _ask(self) -> None:
        assert self._way.ask is not None, "it was not asked for before"  # noqa: S101 - for the reader and mypy
        try:
            self._way.ask()
        except (nova.ClientException, keystone.ClientException) as error:
            self._attempts += 1
            # Heat's session repeats a request that got no answer: then it is the second that Nova refuses.
            unclear = is_unclear(error) or isinstance(error, nova.Conflict)
            if not unclear or self._attempts >= ATTEMPTS:
                raise exception.Error(f"Nova refuses the {self._name}: {error}") from error
            # It may do it all the same: the next look will tell.
            LOG.warning("the %s of the server %s is asked for again: %s", self._name, self._compute.server_id, error)
            self._look = self._unclear
        else:
            self._look = self._moving

    def _unclear(self, server: ServerState) -> bool:
        """Look at a server of which Nova did not say whether it moves it."""
        if server.status == VERIFY_RESIZE and self._way.arrived(server):
            return self._arrive(server)
        return self._begin(server)

    def _moving(self, server: ServerState) -> bool:
        if server.status == VERIFY_RESIZE:
            return self._arrive(server)
        if self._way.arrived(server):
            return True
        # Nova says that it is busy from its answer on: at rest and not there, it has given up.
        raise exception.Error(f"Nova gave the {self._name} up: {self._compute.why()}")

    def _arrive(self, server: ServerState) -> bool:
        self._deadline = self._record.wait(self._way.move, self._way.seconds)
        if not self._way.confirm:
            self._tell(
                f"the {self._name} waits to be confirmed or reverted; after {self._way.seconds} s, "
                f"at {as_text(self._deadline)}, it is reverted"
            )
        self._look = self._waiting
        return self._waiting(server)

    def _waiting(self, server: ServerState) -> bool:
        verdict = self._record.verdict(self._way.move)
        if server.status != VERIFY_RESIZE:
            if self._way.arrived(server):
                return True
            reason = verdict or "by a call to Nova"
            self._record.end(self._way.move.id, REVERTED, reason)
            raise exception.Error(f"the {self._name} was reverted: {reason}")
        if verdict is not None:
            self._decide(self._compute.revert)
        elif self._way.confirm:
            self._decide(self._compute.confirm)
        elif self._deadline is not None and now() >= self._deadline:
            self._record.give_back(f"nobody confirmed it within {self._way.seconds} s")
            self._decide(self._compute.revert)
        return False

    def _decide(self, decision: Callable[[], None]) -> bool:
        """Ask Nova, and leave it to the next look to see what became of it: another decision may be on its way.

        Return whether Nova accepted it.
        """
        try:
            decision()
        except (nova.ClientException, keystone.ClientException) as error:
            LOG.info("the server %s: %s", self._compute.server_id, error)
            return False
        return True
