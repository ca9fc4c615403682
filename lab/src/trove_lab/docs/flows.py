"""The page of the flows: each operation's, as each manager makes it."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, NoReturn, cast, get_type_hints

from openstack.connection import Connection
from taskflow.flow import Flow

from trove_lab.conformance.clock import LeapClock
from trove_lab.conformance.example import Example
from trove_lab.conformance.site import Network, Site
from trove_lab.docs import drawing, markdown
from trove_lab.docs.examples import Case, Situation, cases_of
from trove_lab.docs.task_flows import FLOWS
from trove_resources.clouds import Clouds
from trove_resources.clouds.dns import Dns, RecordSet
from trove_resources.contract import OPERATIONS, ResourceManager
from trove_resources.inventory import InstanceRef
from trove_resources.markers import Owner
from trove_resources.native import Native
from trove_resources.orchestrator import Orchestrator
from trove_resources.spec import Nic

MANAGERS = (Native, Orchestrator)
"""Those whose flows are drawn."""

_HEAD = f"""\
# Flows

This page is generated, by `make docs`, from the flows the resource managers `native` and `orchestrator` make, with the
guest's steps that the task manager puts around and into them. A flow is the steps of an operation;
[operate.md](operate.md) says what each means for an instance. With `migration` a flow is that of the instance's engine;
before one of `native` there is a step `<operation>/stack/check`, which sees that no stack has the instance.

Steps that stand side by side run side by side. Rounded ones are the guest's, the same whichever manager changes the
cloud. {drawing.UNDO} marks steps that undo what they did when a later one fails; undoing goes the other way, from the
step that failed to the first. Below its title is the name of a step: the log and the code call it so, and it does not
change. What a step *announces* is written to the instance's row before the next one begins.
"""


def page() -> str:
    """Return the page. Raises NoExampleError for an operation without an example."""
    return markdown.page([_HEAD.rstrip()], *(_section(operation, what) for operation, what in OPERATIONS.items()))


def flow_of(operation: str, case: Case, manager: type[Native | Orchestrator] = Native) -> Flow:
    """Return the flow of an example: the task manager's, where that has steps of the guest's around the manager's.

    Raises AssertionError when the cloud is asked: a flow is made without a call.
    """
    row = {"server_id": "server", "volume_id": "volume"} if "provision" in case.before else {}
    settings = replace(case.settings, public_network_id="public-network")
    on = Situation(manager=manager(_unasked(), settings), example=_example(), row=row)
    if case.task is None:
        flow: Flow = case.ask(on)
        return flow
    return FLOWS.of(operation, on.manager, _Instance(on.ref), case.task)


def _section(operation: str, what: str) -> list[str]:
    lines = [f"## {operation}", "", markdown.sentence(what)]
    if get_type_hints(getattr(ResourceManager, operation))["return"] is not Flow:
        return [*lines, "It changes nothing, and is no flow."]
    for manager in MANAGERS:
        lines += ["", f"### {operation}: {manager.name}"]
        for case in cases_of(operation):
            if case.drawn:
                drawn = _drawn(flow_of(operation, case, manager))
                lines += ["", markdown.paragraph(f"Drawn for {case.about}:"), "", *drawn]
    return lines


def _drawn(flow: Flow) -> list[str]:
    rows = (
        (
            markdown.code(step.name),
            step.title,
            drawing.UNDO if drawing.can_be_undone(step) else "",
            markdown.code(step.announces or ""),
        )
        for step in drawing.steps_of(flow)
    )
    table = markdown.table(("step", "", "undone", "announces"), rows)
    return ["```mermaid", *drawing.mermaid(flow), "```", "", *table]


class _Instance:
    """An instance that is there, as far as a flow has to know it when it is made."""

    id = "instance"
    volume_mount: Mapping[str, str] = {"device_path": "/dev/vdb", "mount_point": "/var/lib/mysql"}
    volume_support = True
    access: Mapping[str, object] = {"is_public": True, "allowed_cidrs": ["0.0.0.0/0"]}
    datastore_version = SimpleNamespace(manager="mysql", version="8.4")

    def __init__(self, ref: InstanceRef) -> None:
        self.ref = ref

    def user_data(self, _datastore_manager: str, _version: str) -> Callable[[Nic | None], str]:
        """Return what renders nothing."""
        return lambda _nic: ""


class _Unasked:
    """A service nobody may ask anything: a flow is made without a call."""

    enabled = True

    def __getattr__(self, name: str) -> Callable[..., NoReturn]:
        def ask(*_: Any, **__: Any) -> NoReturn:
            raise AssertionError(f"the cloud was asked for {name} while a flow was made")

        return ask


class _Zone(_Unasked):
    """A zone that nobody may ask anything either, where a stack may have its record."""

    def recordset(self, _instance_id: str) -> RecordSet:
        """Return the record there is to be."""
        return RecordSet(zone_id="zone", name="instance.example.test.")


def _unasked() -> Clouds:
    services = {name: cast("Any", _Unasked()) for name in ("compute", "network", "volume", "orchestration")}
    return Clouds(**services, dns=cast("Dns", _Zone()))


def _example() -> Example:
    """Return an instance whose ids are words."""
    site = Site(
        service=cast("Connection", _Unasked()),
        tenant_id="tenant",
        user_network=_network("user"),
        management_network=_network("management"),
        flavor_id="flavor",
        other_flavor_id="other-flavor",
        huge_flavor_id="huge-flavor",
        image_id="image",
        availability_zone="zone",
        clock=LeapClock(),
        dns=cast("Dns", _Unasked()),
        left=lambda _instance_id: [],
    )
    return Example(site, Owner(instance_id="instance", task_id="task"))


def _network(name: str) -> Network:
    return Network(id=f"{name}-network", subnet_id=f"{name}-subnet", address="192.0.2.77")
