"""The progress of a move, a resize or cold migration, until it is confirmed or reverted, or times out.

Nova holds the decision: whoever decides calls Nova, and the progress only watches the server. So a decision is never
lost, and it takes effect even if no engine is watching.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from heat.common import exception
from keystoneauth1 import exceptions as keystone
from novaclient import exceptions as nova

from trove_resources_heat.compute import STABLE, VERIFY_RESIZE, Compute, ServerState, outcome_unknown
from trove_resources_heat.resource_data import (
    CONFIRMED,
    FAILED,
    MIGRATE,
    RESIZE,
    REVERTED,
    Move,
    ResourceData,
    as_text,
    now,
)

LOG = logging.getLogger(__name__)

ATTEMPTS = 5
"""How often Nova is asked for a move while it is unknown whether it accepted it."""
_TITLES = {RESIZE: "resize", MIGRATE: "migration"}


@dataclass(frozen=True, kw_only=True)
class MovePlan:
    """How a move is carried out."""

    move: Move
    timeout: int
    """Seconds that the server waits at VERIFY_RESIZE for a decision."""
    arrived: Callable[[ServerState], bool]
    """Returns whether a server has the new flavor, or is on the new host."""
    request: Callable[[], None] | None = None
    """Requests the move from Nova. None if that was done before."""
    take_over: bool = False
    """Whether a server that has arrived at VERIFY_RESIZE before the request was moved there by an earlier attempt."""
    confirm: bool = False
    """Whether to confirm at once, because no client will decide."""


class MoveProgress:
    """A move under way. ``poll`` looks at the server once; it returns True once the move is confirmed."""

    def __init__(self, compute: Compute, data: ResourceData, plan: MovePlan, add_event: Callable[[str], None]) -> None:
        self._compute, self._data, self._plan, self._add_event = compute, data, plan, add_event
        self._next = self._begin if plan.request else self._await_arrival
        self._deadline: datetime | None = None
        self._attempts = 0

    def poll(self) -> bool:
        """Look at the server once. Raises Heat's Error if the move failed or was reverted."""
        if not self._data.is_latest(self._plan.move):
            raise exception.Error(f"the {self._title} was superseded by a later one")
        try:
            done = self._poll()
        except Exception as error:
            self._data.end_move(self._plan.move.id, FAILED, str(error))
            raise
        if done:
            self._data.end_move(self._plan.move.id, CONFIRMED)
        return done

    def _poll(self) -> bool:
        server = self._compute.show()
        if server is None or not server.idle:
            return False
        if server.status == "ERROR":
            fault = server.fault or "no fault reported"
            raise exception.Error(f"the server is in ERROR: {fault}; it is left unchanged")
        return self._next(server)

    def cancel(self, reason: str) -> None:
        """Revert a server that waits at VERIFY_RESIZE, without watching it any further."""
        self._data.request_revert(reason)
        server = self._compute.show()
        waits = server is not None and server.status == VERIFY_RESIZE and self._data.is_latest(self._plan.move)
        if waits and self._decide(self._compute.revert):
            self._data.end_move(self._plan.move.id, REVERTED, reason)

    @property
    def _title(self) -> str:
        return _TITLES[self._plan.move.operation]

    def _begin(self, server: ServerState) -> bool:
        revert_reason = self._data.revert_reason(self._plan.move)
        if revert_reason is not None:
            raise exception.Error(f"the {self._title} was cancelled before it began: {revert_reason}")
        if server.status == VERIFY_RESIZE:
            if self._plan.take_over and self._plan.arrived(server):
                return self._arrive(server)
            # An earlier move that was neither confirmed nor reverted.
            self._decide(self._compute.revert)
            return False
        if self._plan.arrived(server):
            return True
        if server.status not in STABLE:
            raise exception.Error(f"the server is {server.status}; it must be ACTIVE or SHUTOFF for a {self._title}")
        self._request()
        return False

    def _request(self) -> None:
        assert self._plan.request is not None, "the move was requested before"  # noqa: S101 - for the reader and mypy
        try:
            self._plan.request()
        except (nova.ClientException, keystone.ClientException) as error:
            self._attempts += 1
            # Heat's session repeats a request that got no response. Nova then answers the second one with a conflict.
            unknown = outcome_unknown(error) or isinstance(error, nova.Conflict)
            if not unknown or self._attempts >= ATTEMPTS:
                raise exception.Error(f"Nova rejected the {self._title}: {error}") from error
            # Nova may have accepted it all the same: the next poll shows.
            LOG.warning("Retrying the %s of the server %s: %s", self._title, self._compute.server_id, error)
            self._next = self._check_request
        else:
            self._next = self._await_arrival

    def _check_request(self, server: ServerState) -> bool:
        """Find out whether Nova accepted the request after all; if not, request the move again."""
        if server.status == VERIFY_RESIZE and self._plan.arrived(server):
            return self._arrive(server)
        return self._begin(server)

    def _await_arrival(self, server: ServerState) -> bool:
        if server.status == VERIFY_RESIZE:
            return self._arrive(server)
        if self._plan.arrived(server):
            return True
        # Nova sets the task state before it accepts a move. An idle server that has not arrived means that it failed.
        raise exception.Error(f"Nova could not complete the {self._title}: {self._compute.failure_reason()}")

    def _arrive(self, server: ServerState) -> bool:
        self._deadline = self._data.wait_for_decision(self._plan.move, self._plan.timeout)
        if not self._plan.confirm:
            self._add_event(
                f"the {self._title} is waiting to be confirmed or reverted; without a decision within "
                f"{self._plan.timeout} s (by {as_text(self._deadline)}) it is reverted"
            )
        self._next = self._await_decision
        return self._await_decision(server)

    def _await_decision(self, server: ServerState) -> bool:
        revert_reason = self._data.revert_reason(self._plan.move)
        if server.status != VERIFY_RESIZE:
            if self._plan.arrived(server):
                return True
            reason = revert_reason or "through the Nova API"
            self._data.end_move(self._plan.move.id, REVERTED, reason)
            raise exception.Error(f"the {self._title} was reverted: {reason}")
        if revert_reason is not None:
            self._decide(self._compute.revert)
        elif self._plan.confirm:
            self._decide(self._compute.confirm)
        elif self._deadline is not None and now() >= self._deadline:
            self._data.request_revert(f"nobody confirmed it within {self._plan.timeout} s")
            self._decide(self._compute.revert)
        return False

    def _decide(self, decision: Callable[[], None]) -> bool:
        """Ask Nova to confirm or revert, and return whether it accepted that.

        The next poll shows the outcome: another decision may be under way.
        """
        try:
            decision()
        except (nova.ClientException, keystone.ClientException) as error:
            LOG.info("Nova rejected the decision about the server %s: %s", self._compute.server_id, error)
            return False
        return True
