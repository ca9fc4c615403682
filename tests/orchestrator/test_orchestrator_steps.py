"""What steps and errors do without a Heat: undoing the work of another process, and naming resources of others."""

import json
from collections.abc import Sequence

import pytest
from keystoneauth1.session import Session
from taskflow.types.failure import Failure

from trove_resources.clouds import Compute, Orchestration
from trove_resources.clouds.orchestration import Stack, StackEvent, StackRef, StackResource
from trove_resources.clouds.service import Endpoint, Service
from trove_resources.errors import ResizeRefusedError
from trove_resources.flows.clock import SystemClock
from trove_resources.flows.context import FlowContext
from trove_resources.flows.waiting import Waiter
from trove_resources.inventory import InstanceRef
from trove_resources.kinds import ResourceKind
from trove_resources.markers import Owner
from trove_resources.orchestrator import following
from trove_resources.orchestrator.stacks import Stacks
from trove_resources.orchestrator.steps.server_resize import ResizeServer
from trove_resources.orchestrator.template import names
from trove_resources.settings import Settings
from trove_resources.spec import FlavorSpec

REF = StackRef(name="trove-1", id="2")
STOCK = {"resources": {names.SERVER: {"type": names.STOCK.server}}}


class RecordedHeat(Orchestration):
    """A Heat that records cancellations, and has some events."""

    def __init__(self, events: Sequence[StackEvent] = ()) -> None:
        self.canceled: list[tuple[StackRef, bool]] = []
        self._events = list(events)

    def cancel(self, ref: StackRef, *, rollback: bool) -> None:
        """Record it."""
        self.canceled.append((ref, rollback))

    def events(self, ref: StackRef) -> list[StackEvent]:  # noqa: ARG002 - there is one stack
        """Return the events."""
        return self._events


def test_a_refused_resize_is_canceled_by_a_process_that_did_not_run_the_step() -> None:
    heat, clock = RecordedHeat(), SystemClock()
    nova = Compute(Service(Session(), Endpoint(service_type="compute"), name="Nova"))
    instance = InstanceRef(instance_id="1", tenant_id="t")
    step = ResizeServer(Stacks(heat, Settings(), nova), instance, FlavorSpec(id="3", name="large"))
    owner = Owner(instance_id="1", task_id="t")
    context = FlowContext(owner=owner, request_id="", clock=clock, waiter=Waiter(clock))
    error = ResizeRefusedError(kind=ResourceKind.SERVER, resource_id="4", status="ACTIVE", fault="refused")
    stored = json.dumps(Failure.from_exception(error).to_dict(include_args=False))
    step.revert(context, str(REF), STOCK, result=Failure.from_dict(json.loads(stored)))
    assert heat.canceled == [(REF, True)]
    assert context.leftovers == []


@pytest.mark.parametrize(
    ("name", "kind", "says"),
    [
        ("floating_ip", ResourceKind.FLOATING_IP, "floating IP 5 is CREATE_FAILED: no more addresses"),
        ("proxy", ResourceKind.STACK, "stack 5 is CREATE_FAILED: resource proxy: no more addresses"),
        ("database", ResourceKind.STACK, "stack 5 is CREATE_FAILED: resource database: no more addresses"),
    ],
)
def test_a_resource_that_an_operator_added_is_reported_as_the_stacks_with_its_name(
    name: str, kind: ResourceKind, says: str
) -> None:
    reason = "no more addresses"
    event = StackEvent(id="1", resource=name, status="CREATE_FAILED", reason=reason, time="", physical_id="5")
    stack = Stack(ref=REF, action="CREATE", status="FAILED", reason="")
    row = StackResource(name=name, type="T", physical_id="5", action="CREATE", status="FAILED", reason=reason)
    for error in (following.failure(RecordedHeat([event]), stack), following.failure_of(row)):
        assert error.kind is kind
        assert str(error) == says
