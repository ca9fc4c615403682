"""The contract of a resource manager: what Trove's tasks ask of whatever manages the resources of instances.

How to write, test and ship one: ``docs/writing-a-manager.md``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Protocol, runtime_checkable

from oslo_config import cfg
from taskflow.flow import Flow

from trove_resources.clouds import Clouds
from trove_resources.errors import OperationIsNotSupported, WrongEngineError
from trove_resources.inventory import InstanceRef, Inventory
from trove_resources.settings import Settings
from trove_resources.spec import AccessSpec, FlavorSpec, InstanceSpec, RebuildSpec

OPERATIONS: Mapping[str, str] = {
    "provision": "create all resources of a new instance",
    "delete": "delete all resources of an instance",
    "resize_flavor": "change the flavor; confirmed when the database is healthy on it",
    "resize_volume": "extend the data volume",
    "update_access": "change who may reach the database, and from where",
    "reboot": "reboot the server",
    "rebuild": "rebuild the server from another image",
    "migrate": "move the server to another host; confirmed when the database is healthy there",
    "create_group": "create a server group for an instance and its replicas",
    "delete_group": "delete the server group once it has no other members",
    "observe": "read what the cloud holds for an instance",
}
"""The operations, each with what it does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GuestHooks:
    """What the guest does before and after its data volume is extended, as flows. They undo what they did.

    Each of their steps requires ``on_line``, a boolean that the manager's flow provides before they run: whether the
    volume was extended while it was attached. If so, ``before`` does nothing, and ``after`` only grows the file system.
    """

    before: Flow
    """Runs before the volume is detached."""
    after: Flow
    """Runs once the volume has its new size and is attached again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciled:
    """What an interrupted task left of an instance. A field that is None is unknown: the row is right."""

    flavor_id: str | None = None
    volume_size: int | None = None
    """In GiB."""


@runtime_checkable
class Reconciler(Protocol):
    """A manager whose cloud goes on working when the task manager has died, and that can end such work.

    ``now`` is the current time with a time zone: a deadline outlives every process. Both methods raise CloudError.
    """

    def end_orphaned(self, now: datetime) -> Sequence[str]:
        """End orphaned operations of all instances, and return a description of each."""

    def reconcile(self, instance: InstanceRef, now: datetime) -> Reconciled | None:
        """Return what an interrupted task left of an instance; None while that can still change."""


class ResourceManager:
    """The base class of resource managers. A manager overrides what it supports; the rest is refused.

    A method that changes the cloud returns a *flow* and changes nothing itself; the caller runs the flow. A flow

    - MUST be safe to run twice with the same arguments: each create first looks for its own earlier result by owner
      marker;
    - MUST undo what it did when a step fails, and wait until that is gone. An undo never raises; it records what it
      could not undo;
    - MUST end: every wait has a deadline;
    - MUST NOT write Trove's rows. It announces what it created or changed as named results (``server_id``,
      ``volume_id``, ``stack_id``, ``hostname``, ``flavor_id``, ``volume_size``); the caller writes them before the next
      step begins;
    - MUST read back what an instance has, and change the one field it is about;
    - MUST run the guest's steps that it is given, as flows, where the operation says so, and know nothing about them;
    - MUST NOT delete a data volume, except in the flow of ``delete`` and in the undo of the volume's own create;
    - MUST name its steps ``<operation>/<role>/<step>``, unique within the flow, and never rename them: a flow that is
      built again in another process continues by these names. What a step needs later is in its result, as plain JSON,
      never in an attribute of the step.

    Before it asks for a flow of an instance, the caller calls ``require_own`` and ``require_supported`` once. Methods
    raise InvalidSpecError for invalid arguments before any request is sent.
    """

    name: ClassVar[str] = "none"
    """The value of ``resource_manager`` that selects it, and of ``provisioning_engine`` in its instances' rows."""
    conditions: ClassVar[Mapping[str, str]] = {}
    """What an operation needs that not every cloud has, in a few words, by the operation's name."""
    needs_heat: ClassVar[bool] = False
    """Whether the deployment must have Heat."""
    needs_adopt_and_abandon: ClassVar[bool] = False
    """Whether Heat must allow the adoption and the abandonment of stacks."""
    options: ClassVar[Sequence[cfg.Opt]] = ()
    """Options of its own.

    They belong to the group ``[trove_resources]``, and their values are in ``settings.options``.
    """

    def __init__(self, clouds: Clouds, settings: Settings) -> None:
        self.clouds = clouds
        """The services of the instance's region."""
        self.settings = settings

    @classmethod
    def engines(cls) -> frozenset[str]:
        """Return the engines whose instances it manages: itself, unless it routes to others."""
        return frozenset({cls.name})

    @classmethod
    def engine_of_new(cls, settings: Settings) -> str:  # noqa: ARG003 - a router asks the settings
        """Return the engine of the instances that it provisions."""
        return cls.name

    def require_own(self, instance: InstanceRef) -> None:
        """Raise WrongEngineError when another engine owns the instance."""
        if instance.engine is not None and instance.engine not in self.engines():
            raise WrongEngineError(instance.instance_id, engine=instance.engine, manager=self.name)

    def require_supported(self, operation: str, instance: InstanceRef) -> None:
        """Raise OperationIsNotSupported when this instance cannot have an operation that others can.

        Called before anything is done, the guest's steps included. May read from the cloud. Raises CloudError.
        """

    def provision(self, spec: InstanceSpec) -> Flow:
        """Create all resources of a new instance; at the end the server is ``ACTIVE``.

        Takes the whole spec; ``spec.engine`` is the engine in the instance's row. Announces ``server_id``;
        ``volume_id`` with a data volume; ``hostname`` with DNS; ``stack_id`` with Heat. Raises InvalidSpecError, with
        the field that is invalid. The flow raises CloudError, ResourceFailedError, DeadlineExceededError, and
        AmbiguousOwnerError when two resources carry the same owner marker.
        """
        raise OperationIsNotSupported(self.name, "provision")

    def delete(self, instance: InstanceRef) -> Flow:
        """Delete everything the cloud holds for an instance, whoever created it, and wait until it is gone.

        Announces nothing. The flow tries everything before it raises LeftoversError; run again, it goes on with the
        rest. A data volume that has snapshots is retained: they are backups of Trove's.
        """
        raise OperationIsNotSupported(self.name, "delete")

    def resize_flavor(self, instance: InstanceRef, flavor: FlavorSpec, verify: Flow) -> Flow:
        """Give the server another flavor, run ``verify`` on it, and confirm the flavor only then.

        Announces ``flavor_id`` once it is confirmed. A failure before that gives the server its old flavor back; a
        later one leaves the new flavor. A server that has the flavor already is only verified. The flow raises
        CloudError, ResourceFailedError, DeadlineExceededError, and what ``verify`` raises.
        """
        raise OperationIsNotSupported(self.name, "resize_flavor")

    def resize_volume(self, instance: InstanceRef, size: int, guest: GuestHooks) -> Flow:
        """Extend the data volume to ``size`` GiB: while it is attached where the cloud can, else detached.

        Runs ``guest.before`` before the volume is detached, and ``guest.after`` at the end. Announces ``volume_size``
        as soon as the volume has it. A volume is never shrunk: a later failure leaves a larger volume, attached. When
        the volume reaches its size only after the deadline, ``observe`` tells. The flow raises InvalidSpecError for an
        instance without a data volume and for a smaller size, CloudError, ResourceFailedError, DeadlineExceededError.
        """
        raise OperationIsNotSupported(self.name, "resize_volume")

    def update_access(self, instance: InstanceRef, access: AccessSpec) -> Flow:
        """Change the networks that may reach the database, and add or remove the floating IP.

        A client that is allowed before and after is allowed all the time. A failure restores everything. Rules that an
        operator created by hand stay. An instance without a security group of its own gets none. Announces nothing.
        Raises InvalidSpecError; the flow raises CloudError, ResourceFailedError, DeadlineExceededError.
        """
        raise OperationIsNotSupported(self.name, "update_access")

    def reboot(self, instance: InstanceRef) -> Flow:
        """Reboot the server, even if it is off or in ``ERROR``; at the end it is ``ACTIVE``.

        Announces nothing. The flow raises CloudError, ResourceFailedError, DeadlineExceededError.
        """
        raise OperationIsNotSupported(self.name, "reboot")

    def rebuild(self, instance: InstanceRef, spec: RebuildSpec) -> Flow:
        """Rebuild the server from another image, with new user data; at the end it is ``ACTIVE``.

        Announces nothing. Cannot be undone: a server that is left half-way is recorded as a leftover. The flow raises
        CloudError, ResourceFailedError, DeadlineExceededError.
        """
        raise OperationIsNotSupported(self.name, "rebuild")

    def migrate(self, instance: InstanceRef, host: str | None, verify: Flow) -> Flow:
        """Move the server to another host, or to ``host``, run ``verify`` there, and confirm the move only then.

        Announces nothing. A failure before the confirmation takes the server back; if Nova gave up half-way, the server
        is started with a hard reboot wherever it is. The flow raises CloudError, ResourceFailedError,
        DeadlineExceededError, and what ``verify`` raises.
        """
        raise OperationIsNotSupported(self.name, "migrate")

    def create_group(self, instance: InstanceRef, policy: str) -> Flow:
        """Create the server group of an instance and its replicas; ``policy`` is ``affinity`` or ``anti-affinity``.

        Announces ``group_id``. The flow raises CloudError, AmbiguousOwnerError, ResourceFailedError,
        DeadlineExceededError.
        """
        raise OperationIsNotSupported(self.name, "create_group")

    def delete_group(self, instance: InstanceRef) -> Flow:
        """Delete the server group that the instance created or is a member of, unless it has other members.

        Runs before ``delete``: a deleted server is no member, and a replica's group has the name of its source.
        Announces nothing. The flow raises CloudError, ResourceFailedError, DeadlineExceededError.
        """
        raise OperationIsNotSupported(self.name, "delete_group")

    def observe(self, instance: InstanceRef) -> Inventory:
        """Return what the cloud holds for an instance. Changes nothing. Raises CloudError."""
        raise OperationIsNotSupported(self.name, "observe")


def supported(manager: type[ResourceManager]) -> frozenset[str]:
    """Return the names of the operations that a resource manager supports: those it overrides."""
    return frozenset(name for name in OPERATIONS if getattr(manager, name) is not getattr(ResourceManager, name))
