"""Create, abandon, adopt and delete stacks on Heat. Their only resource is an OS::Heat::None."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from oslo_upgradecheck.upgradecheck import Code, Result

from trove_resources.cli.status import results
from trove_resources.clouds.orchestration import Orchestration, Stack, StackRef
from trove_resources.clouds.service import Json
from trove_resources.errors import CloudError, DeadlineExceededError, RefusedError, ResourceFailedError
from trove_resources.flows.clock import Clock
from trove_resources.flows.context import FlowContext
from trove_resources.flows.waiting import Waiter
from trove_resources.markers import Owner
from trove_resources.orchestrator import following

TAG: Final = "trove_resources_upgrade_check"
"""The tag of every stack that a probe creates."""
SECONDS: Final = 120.0
"""The deadline of each operation."""
MINUTES: Final = 4
"""Heat's own deadline, which is later than ours."""
TEMPLATE: Final[Json] = {"heat_template_version": "2018-08-31", "resources": {"nothing": {"type": "OS::Heat::None"}}}


@dataclass
class Probe:
    """One probe. Its stacks are deleted however it ends.

    ``token`` is part of the names of its stacks. ``needs_adopt_and_abandon`` makes it a failure if Heat cannot abandon
    or adopt stacks; else that is a warning.
    """

    heat: Orchestration
    clock: Clock
    token: str
    needs_adopt_and_abandon: bool = False
    seconds: float = SECONDS
    _found: list[Result] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._context = FlowContext(
            owner=Owner(instance_id="none", task_id=self.token),
            request_id="",
            clock=self.clock,
            waiter=Waiter(self.clock),
            listener=lambda _: None,
        )

    def run(self) -> Result:
        """Run the probe and return its result."""
        try:
            self._try(self.heat.create(self._names[0], TEMPLATE, tags=(TAG,), minutes=MINUTES))
        except CloudError as error:
            self._found.append(results.failure(f"{error}. {results.REACH_HEAT}"))
        except (DeadlineExceededError, ResourceFailedError) as error:
            self._found.append(results.failure(f"Heat did not carry out an operation: {error}."))
        finally:
            self._clean_up()
        done = "As Trove's service user, a stack was created, abandoned, adopted and deleted."
        return results.together(self._found, done)

    @property
    def _names(self) -> tuple[str, str]:
        """The names of the stacks. Heat frees the name of an abandoned stack late, so the adopted one has another."""
        name = f"trove-resources-check-{self.token}"
        return name, f"{name}-adopted"

    def _try(self, ref: StackRef) -> None:
        self._completed(ref, "CREATE")
        data = self._abandoned(ref)
        physical = data["resources"]["nothing"]["resource_id"]
        try:
            adopted = self.heat.adopt(self._names[1], data, tags=(TAG,), minutes=MINUTES)
        except RefusedError as error:
            self._not_for_handover(f"Heat does not adopt stacks ({error}): set enable_stack_adopt = true in heat.conf")
            return
        stack = self._rested(adopted)
        if stack.action == "ADOPT":
            self._completed(adopted, "ADOPT")
        if stack.action != "ADOPT" or self._physical(adopted) != physical:
            self._not_for_handover(
                "Heat created a new resource instead of adopting the existing one, which it does with"
                " reauthentication_auth_method = trusts. Remove that from heat.conf (deferred_auth_method = trusts can"
                " stay)"
            )

    def _abandoned(self, ref: StackRef) -> Json:
        """Abandon the stack and return the data to adopt it with. If Heat does not abandon stacks, the stack stays."""
        try:
            data = self.heat.abandon(ref)
        except RefusedError as error:
            self._not_for_handover(
                f"Heat does not abandon stacks ({error}): set enable_stack_abandon = true in heat.conf"
            )
            resource = {"name": "nothing", "type": "OS::Heat::None", "resource_id": self._physical(ref)}
            done = {"action": "CREATE", "status": "COMPLETE", "resource_data": {}, "metadata": {}}
            return {"template": TEMPLATE, "resources": {"nothing": {**resource, **done}}}
        left = following.await_idle(self._context, self.heat, ref, seconds=self.seconds)
        if left is not None:
            raise following.of_stack(left, f"it was abandoned, but still exists: {left.reason}")
        return data

    def _physical(self, ref: StackRef) -> str | None:
        return self._context.attempt(lambda: self.heat.resource(ref, "nothing")).physical_id

    def _not_for_handover(self, problem: str) -> None:
        """Add a problem that matters only when instances are handed over between engines."""
        code = Code.FAILURE if self.needs_adopt_and_abandon else Code.WARNING
        needed = "Only a handover of instances between native and orchestrator needs this."
        self._found.append(Result(code, f"{problem}, and restart heat-engine. {needed}"))

    def _rested(self, ref: StackRef) -> Stack:
        stack = following.await_idle(self._context, self.heat, ref, seconds=self.seconds)
        if stack is None:
            raise following.gone(ref)
        return stack

    def _completed(self, ref: StackRef, action: str) -> None:
        stack = self._rested(ref)
        if (stack.action, stack.status) != (action, "COMPLETE"):
            raise following.of_stack(stack, stack.reason)

    def _clean_up(self) -> None:
        """Delete the stacks, and report those that cannot be deleted. Raise nothing: it would hide an earlier error."""
        try:
            tagged = self._context.attempt(lambda: self.heat.find_tagged(TAG))
        except CloudError as error:
            self._left(self._names, str(error))
            return
        for stack in tagged:
            if stack.ref.name in self._names:
                self._delete(stack)
        others = [stack.ref.name for stack in tagged if stack.ref.name not in self._names]
        if others:
            self._left(others, "of another check, which is running or was killed")

    def _delete(self, stack: Stack) -> None:
        heat, ref = self.heat, stack.ref
        try:
            if (stack.action, stack.status) != ("DELETE", "IN_PROGRESS"):
                self._context.ensure_gone(lambda: heat.delete(ref))
            left = following.await_idle(self._context, heat, ref, seconds=self.seconds)
        except (CloudError, DeadlineExceededError) as error:
            self._left([ref.name], str(error))
            return
        if left is not None:
            self._left([ref.name], left.reason)

    def _left(self, names: Sequence[str], why: str) -> None:
        delete = f"`openstack stack delete {' '.join(names)}`"
        self._found.append(results.warning(f"Stacks of a check are left ({why}): run {delete} if they exist."))
