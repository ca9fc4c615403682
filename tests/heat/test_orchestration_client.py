"""The client of Heat, against a real Heat."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from heat_kit import Stacks

from trove_resources.clouds.orchestration import Orchestration, Stack, StackRef
from trove_resources.clouds.service import Endpoint, Json, Service
from trove_resources.errors import RefusedError, ResourceInUseError, ResourceNotFoundError

TEMPLATE: dict[str, Any] = {
    "heat_template_version": "2018-08-31",
    "parameters": {
        "value": {"type": "string", "default": "first"},
        "secret": {"type": "string", "default": "", "hidden": True},
    },
    "resources": {
        "thing": {"type": "OS::Heat::TestResource", "properties": {"value": {"get_param": "value"}}},
        "handle": {"type": "OS::Heat::WaitConditionHandle"},
    },
    "outputs": {"value": {"value": {"get_attr": ["thing", "output"]}}},
}


class Client(Orchestration):
    """The client, with requests and waits that only tests need. ``stacks`` deletes what it creates."""

    def __init__(self, stacks: Stacks) -> None:
        self._service = Service(stacks.cloud.session, Endpoint(service_type="orchestration"), name="Heat")
        super().__init__(self._service)
        self._stacks = stacks

    def create(self, name: str, template: Json, **more: Any) -> StackRef:
        """Begin to create a stack."""
        return self._noted(super().create(name, template, **more))

    def adopt(self, name: str, data: Json, **more: Any) -> StackRef:
        """Begin to adopt existing resources."""
        return self._noted(super().adopt(name, data, **more))

    def check(self, ref: StackRef) -> None:
        """Begin to check the stack's resources."""
        self._service.send("POST", f"{ref.path}/actions", {"check": None})

    def validate(self, template: Json, **more: Any) -> None:
        """Validate a template. Raises RefusedError, with the reason, if it is invalid."""
        self._service.post("/validate", {"template": template, **more})

    def _noted(self, ref: StackRef) -> StackRef:
        self._stacks.made.append(ref.id)
        return ref

    def settled(self, ref: StackRef) -> Stack | None:
        """Return a stack once it is idle, or None if it is deleted."""
        return _until(lambda: self.stack(ref), lambda stack: stack is None or stack.status != "IN_PROGRESS")

    def made(self, name: str, template: Json = TEMPLATE, **more: Any) -> StackRef:
        """Create a stack, and return it when it is complete."""
        ref = self.create(name, template, tags=["ours", name], minutes=2, **more)
        stack = self.settled(ref)
        assert stack is not None
        assert (stack.action, stack.status) == ("CREATE", "COMPLETE"), stack.reason
        return ref


def _until(ask: Callable[[], Any], reached: Callable[[Any], bool], seconds: float = 100) -> Any:
    deadline = time.monotonic() + seconds
    while not reached(seen := ask()):
        assert time.monotonic() < deadline, seen
        time.sleep(0.1)
    return seen


@pytest.fixture
def heat(stacks: Stacks) -> Client:
    """Return the client of Trove's service user."""
    return Client(stacks)


def test_a_stack_is_found_by_its_name_its_tag_and_its_id(heat: Client) -> None:
    ref = heat.made("found")
    heat.made("another")
    (by_name,) = heat.find("found")
    (by_tag,) = heat.find_tagged("found")
    shown = heat.stack(ref, outputs=True)
    assert shown is not None
    assert by_name.ref == by_tag.ref == shown.ref == ref
    assert by_name.tags == ("ours", "found")
    assert shown.outputs == {"value": "first"}
    assert heat.output(ref, "value") == "first"
    assert set(heat.stacks([ref])) == {ref}
    assert heat.find("nobody") == []


def test_an_update_changes_parameters_and_adds_events(heat: Client) -> None:
    ref = heat.made("updated")
    before = heat.events(ref)
    assert (before[0].resource, before[0].status) == ("updated", "CREATE_IN_PROGRESS")
    heat.patch(ref, minutes=2, rollback=True, parameters={"value": "second"})
    heat.settled(ref)
    assert heat.output(ref, "value") == "second"
    since = [(event.resource, event.status) for event in heat.events(ref)[len(before) :]]
    assert since[0] == ("updated", "UPDATE_IN_PROGRESS")
    assert since[-1] == ("updated", "UPDATE_COMPLETE")


def test_resources_are_shown_with_attributes_and_take_signals(heat: Client) -> None:
    ref = heat.made("resources")
    assert {each.name: each.type for each in heat.resources(ref)} == {
        "thing": "OS::Heat::TestResource",
        "handle": "OS::Heat::WaitConditionHandle",
    }
    thing = heat.resource(ref, "thing", attributes=["output"])
    assert (thing.action, thing.status, thing.attributes["output"]) == ("CREATE", "COMPLETE", "first")
    heat.signal(ref, "handle", {"status": "SUCCESS", "reason": "so be it"})
    told = [event.reason for event in heat.events(ref) if event.resource == "handle"]
    _until(lambda: [event.reason for event in heat.events(ref)], lambda seen: any("so be it" in each for each in seen))
    assert told


def test_a_hidden_parameter_is_never_shown(heat: Client) -> None:
    ref = heat.made("hidden", parameters={"secret": "s3cret"})
    stack = heat.stack(ref)
    assert stack is not None
    assert stack.parameters["secret"] == "******"
    assert heat.environment(ref)["parameters"]["secret"] == "******"
    assert heat.template(ref)["parameters"]["secret"]["hidden"] is True


def test_a_stack_is_checked_abandoned_and_adopted(heat: Client) -> None:
    # The handle's user, as which a guest would signal, is deleted with its stack.
    ref = heat.made("adopted", {**TEMPLATE, "resources": {"thing": TEMPLATE["resources"]["thing"]}})
    physical = {each.name: each.physical_id for each in heat.resources(ref)}
    heat.check(ref)
    stack = heat.settled(ref)
    assert stack is not None
    assert (stack.action, stack.status) == ("CHECK", "COMPLETE")
    data = heat.abandon(ref)
    heat.settled(ref)
    again = _until(lambda: _adopted(heat, data), lambda adopted: adopted is not None)
    stack = heat.settled(again)
    assert stack is not None
    assert (stack.action, stack.status) == ("ADOPT", "COMPLETE"), stack.reason
    assert {each.name: each.physical_id for each in heat.resources(again)} == physical


def _adopted(heat: Client, data: dict[str, Any]) -> StackRef | None:
    """Return the adopted stack, or None while the abandoned one still has the name."""
    try:
        return heat.adopt("adopted", data, tags=["ours"], minutes=2)
    except ResourceInUseError:
        return None


def test_a_stack_that_is_deleted_is_gone(heat: Client) -> None:
    ref = heat.made("deleted")
    heat.delete(ref)
    assert heat.settled(ref) is None
    with pytest.raises(ResourceNotFoundError):
        heat.delete(ref)


@pytest.mark.parametrize(
    ("call", "error", "said"),
    [
        (lambda heat, _: heat.create("refused", TEMPLATE, tags=[], minutes=1), ResourceInUseError, "already exists"),
        (lambda heat, ref: heat.resource(ref, "nobody"), ResourceNotFoundError, "nobody"),
        (lambda heat, ref: heat.output(ref, "nothing"), ResourceNotFoundError, "output key"),
        (lambda heat, ref: heat.signal(ref, "thing", {}), RefusedError, "not supported"),
        (lambda heat, ref: heat.cancel(ref, rollback=True), RefusedError, "CREATE_COMPLETE"),
    ],
)
def test_a_refused_request_has_a_reason_and_a_request_id(
    heat: Client, call: Callable[[Client, StackRef], object], error: type[RefusedError], said: str
) -> None:
    ref = heat.made("refused")
    with pytest.raises(error) as refused:
        call(heat, ref)
    assert said in refused.value.said
    assert str(refused.value.request_id).startswith("req-")


def test_the_types_of_resources_are_listed(heat: Client) -> None:
    assert {"OS::Nova::Server", "OS::Heat::TestResource"} <= set(heat.resource_types())
