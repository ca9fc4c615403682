"""Tries on Heat what is done with stacks: create, abandon, adopt, delete. Their one resource is nothing."""

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
"""On each stack of a probe, of whichever check."""
SECONDS: Final = 120.0
"""How long each thing Heat is asked for may take."""
MINUTES: Final = 4
"""The same, for Heat itself: never before ours."""
TEMPLATE: Final[Json] = {"heat_template_version": "2018-08-31", "resources": {"nothing": {"type": "OS::Heat::None"}}}


@dataclass
class Probe:
    """One try. ``token`` tells its stacks from others'; ``hands_over`` says that instances are to be adopted.

    Its stacks are deleted, however it ends.
    """

    heat: Orchestration
    clock: Clock
    token: str
    hands_over: bool = False
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
        """Return how it went."""
        try:
            self._try(self.heat.create(self._names[0], TEMPLATE, tags=(TAG,), minutes=MINUTES))
        except CloudError as error:
            self._found.append(results.failure(f"{error}. {results.REACH_HEAT}"))
        except (DeadlineExceededError, ResourceFailedError) as error:
            self._found.append(results.failure(f"Heat does not do what it is asked for: {error}."))
        finally:
            self._clean_up()
        done = "A stack of Trove's service user was created, abandoned, adopted and deleted."
        return results.together(self._found, done)

    @property
    def _names(self) -> tuple[str, str]:
        """The stacks: an abandoned one is gone a moment before its name is free, so the adopted one has another."""
        name = f"trove-resources-check-{self.token}"
        return name, f"{name}-adopted"

    def _try(self, ref: StackRef) -> None:
        self._completed(ref, "CREATE")
        data = self._abandoned(ref)
        physical = data["resources"]["nothing"]["resource_id"]
        try:
            adopted = self.heat.adopt(self._names[1], data, tags=(TAG,), minutes=MINUTES)
        except RefusedError as error:
            self._not_for_handover(f"Heat adopts no stack ({error}): set enable_stack_adopt = true in heat.conf")
            return
        stack = self._rested(adopted)
        if stack.action == "ADOPT":
            self._completed(adopted, "ADOPT")
        if stack.action != "ADOPT" or self._physical(adopted) != physical:
            self._not_for_handover(
                "Heat was asked to adopt a resource, and created another: it does with reauthentication_auth_method ="
                " trusts. Take that out of heat.conf (deferred_auth_method = trusts may stay)"
            )

    def _abandoned(self, ref: StackRef) -> Json:
        """Return what the stack is adopted by; it is gone then, where Heat abandons stacks."""
        try:
            data = self.heat.abandon(ref)
        except RefusedError as error:
            self._not_for_handover(f"Heat abandons no stack ({error}): set enable_stack_abandon = true in heat.conf")
            resource = {"name": "nothing", "type": "OS::Heat::None", "resource_id": self._physical(ref)}
            done = {"action": "CREATE", "status": "COMPLETE", "resource_data": {}, "metadata": {}}
            return {"template": TEMPLATE, "resources": {"nothing": {**resource, **done}}}
        left = following.await_idle(self._context, self.heat, ref, seconds=self.seconds)
        if left is not None:
            raise following.of_stack(left, f"it was abandoned, and is still there: {left.reason}")
        return data

    def _physical(self, ref: StackRef) -> str | None:
        return self._context.attempt(lambda: self.heat.resource(ref, "nothing")).physical_id

    def _not_for_handover(self, said: str) -> None:
        """Note what is needed only to hand over instances from one resource manager to another."""
        code = Code.FAILURE if self.hands_over else Code.WARNING
        needed = "Running instances are handed over between native and orchestrator by that, and by nothing else."
        self._found.append(Result(code, f"{said}, and restart heat-engine. {needed}"))

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
        """Delete what is left, and say what cannot be. Never raises: what went wrong before is to be told."""
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
            self._left(others, "they are another check's, which runs, or was killed")

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
        self._found.append(results.warning(f"Stacks of a check are left ({why}): {delete}, if they are there."))
