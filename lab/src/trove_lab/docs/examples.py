"""Examples of each operation of the contract, for the pages with diagrams and recordings."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from taskflow.flow import Flow
from taskflow.patterns.linear_flow import Flow as LinearFlow

from trove_lab.cloud.cloud import Cloud
from trove_lab.cloud.ids import seeded_uuid
from trove_lab.conformance.example import Example, user_data
from trove_resources.contract import GuestHooks, ResourceManager
from trove_resources.errors import GuestFailedError
from trove_resources.flows.step import Step
from trove_resources.inventory import InstanceRef
from trove_resources.settings import Settings
from trove_resources.spec import AccessSpec, FlavorSpec, RebuildSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """A manager, an instance, and the current content of its row."""

    manager: ResourceManager
    example: Example
    row: Mapping[str, str] = field(default_factory=dict)
    """The announced results: ``server_id``, ``volume_id`` and so on."""

    @property
    def ref(self) -> InstanceRef:
        """The reference to the instance that the manager receives."""
        columns = ("server_id", "volume_id", "stack_id")
        return self.example.ref(**{name: self.row[name] for name in columns if name in self.row})


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """How an operation is called. It returns its flow, or its result if it has no flow."""

    about: str
    """The instance or the arguments, as a phrase that follows *for*."""
    ask: Callable[[Situation], Any]
    before: Sequence[str] = ("provision",)
    """The operations that run before it, each with its first example."""
    settings: Settings = field(default_factory=Settings)
    task: Mapping[str, Any] | None = None
    """The arguments with which the task manager builds its flow, if it adds guest steps."""
    drawn: bool = True
    """Whether its flow differs from that of the previous example."""
    arrange: Callable[[Situation, Cloud], None] = lambda _on, _cloud: None
    """Prepares the cloud for the example."""
    fails: bool = False
    """Whether the operation fails, and is undone."""


class NoExampleError(LookupError):
    """An operation of the contract has no example."""

    def __init__(self, operation: str) -> None:
        super().__init__(f"{operation} has no example; add one to CASES in {__name__}")


_OTHERS = ("198.51.100.0/24", "2001:db8::/32")
"""Networks that have no access at first."""


_HUGE = FlavorSpec(id=seeded_uuid("flavor-m1.huge"), name="m1.huge")
_MEDIUM = FlavorSpec(id=seeded_uuid("flavor-m1.medium"), name="m1.medium")


def _guest(name: str) -> Flow:
    """Return a flow that replaces a guest step, because there is no guest on a cloud without Trove."""
    return LinearFlow(f"guest/{name}")


def _ill() -> Flow:
    """Return a flow that replaces a guest step and fails like that of an unhealthy guest."""
    return LinearFlow("guest/ill").add(_Fail())


class _Fail(Step):
    """A step that fails."""

    def __init__(self) -> None:
        super().__init__("guest/database/healthy", "wait for the database")

    def execute(self) -> None:
        """Fail."""
        raise GuestFailedError("instance", "failed")


def _snapshot(on: Situation, _cloud: Cloud) -> None:
    """Create a snapshot of the data volume, as a backup does with ``storage_driver = cinder``."""
    on.example.site.service.block_storage.create_snapshot(volume_id=on.row["volume_id"], force=True)


def _fail_to_extend(_on: Situation, cloud: Cloud) -> None:
    """Let Cinder accept the next extension, and fail later."""
    with cloud.lock:
        cloud.faults.add({"kind": "error_later", "service": "volume", "contains": "os-extend"})


def _around() -> GuestHooks:
    return GuestHooks(before=_guest("before"), after=_guest("after"))


CASES: Final[Mapping[str, Sequence[Case]]] = {
    "provision": (
        Case(
            about="an instance with one resource of each kind: root and data volume, user and management port, a "
            "security group with rules, a floating IP, a DNS record; its network is isolated",
            ask=lambda on: on.manager.provision(on.example.full_spec()),
            before=(),
        ),
    ),
    "delete": (
        Case(about="an instance with one resource of each kind", ask=lambda on: on.manager.delete(on.ref)),
        Case(
            about="the same instance, with a backup that needs a snapshot of its data volume",
            ask=lambda on: on.manager.delete(on.ref),
            drawn=False,
            arrange=_snapshot,
        ),
    ),
    "resize_flavor": (
        Case(
            about="a running instance",
            ask=lambda on: on.manager.resize_flavor(on.ref, _MEDIUM, _guest("verify")),
            task={
                "old_flavor": {"id": "small", "name": "m1.small"},
                "new_flavor": {"id": "medium", "name": "m1.medium"},
            },
        ),
        Case(
            about="the same instance, whose guest is not healthy on the new flavor",
            ask=lambda on: on.manager.resize_flavor(on.ref, _MEDIUM, _ill()),
            drawn=False,
            fails=True,
        ),
        Case(
            about="the same instance, with a flavor that fits no host",
            ask=lambda on: on.manager.resize_flavor(on.ref, _HUGE, _guest("verify")),
            drawn=False,
            fails=True,
        ),
    ),
    "resize_volume": (
        Case(
            about="a volume that is grown while attached",
            ask=lambda on: on.manager.resize_volume(on.ref, 2, _around()),
            task={"size": 2},
        ),
        Case(
            about="a volume that is detached first",
            ask=lambda on: on.manager.resize_volume(on.ref, 2, _around()),
            settings=Settings(online_volume_resize=False),
            drawn=False,
        ),
        Case(
            about="a volume that Cinder fails to grow",
            ask=lambda on: on.manager.resize_volume(on.ref, 2, _around()),
            drawn=False,
            arrange=_fail_to_extend,
            fails=True,
        ),
    ),
    "update_access": (
        Case(
            about="a public instance that becomes private, for clients of other networks",
            ask=lambda on: on.manager.update_access(
                on.ref, AccessSpec(public=False, cidrs=_OTHERS, former_cidrs=("0.0.0.0/0",))
            ),
            task={"access": {"is_public": False, "allowed_cidrs": _OTHERS}},
        ),
        Case(
            about="the same instance, made public again",
            ask=lambda on: on.manager.update_access(on.ref, AccessSpec(public=True)),
            before=("provision", "update_access"),
            task={"access": {"is_public": True}},
        ),
    ),
    "reboot": (Case(about="a running instance", ask=lambda on: on.manager.reboot(on.ref), task={}),),
    "rebuild": (
        Case(
            about="a running instance whose network is isolated",
            ask=lambda on: on.manager.rebuild(
                on.ref,
                RebuildSpec(image_id=on.example.site.image_id, user_data=user_data, isolated=True),
            ),
            task={"image_id": "image"},
        ),
    ),
    "migrate": (
        Case(
            about="a running instance, to a host that the scheduler selects",
            ask=lambda on: on.manager.migrate(on.ref, None, _guest("verify")),
            task={"host": None},
        ),
    ),
    "create_group": (
        Case(
            about="an instance that is about to be created",
            ask=lambda on: on.manager.create_group(on.example.ref(), "anti-affinity"),
            before=(),
        ),
    ),
    "delete_group": (
        Case(
            about="an instance without replicas",
            ask=lambda on: on.manager.delete_group(on.example.ref()),
            before=("create_group", "provision"),
        ),
    ),
    "observe": (Case(about="an instance with one resource of each kind", ask=lambda on: on.manager.observe(on.ref)),),
}
"""The examples of each of ``trove_resources.contract.OPERATIONS``."""


def cases_of(operation: str) -> Sequence[Case]:
    """Return the examples of an operation. Raises NoExampleError."""
    if not CASES.get(operation):
        raise NoExampleError(operation)
    return CASES[operation]
