"""ResourceManager: what Trove's tasks ask of whoever manages an instance's resources."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Protocol, runtime_checkable

from taskflow.flow import Flow

from trove_resources.errors import OperationIsNotSupported, WrongEngineError
from trove_resources.inventory import InstanceRef, Inventory
from trove_resources.settings import Settings
from trove_resources.spec import AccessSpec, FlavorSpec, InstanceSpec, RebuildSpec

OPERATIONS: Mapping[str, str] = {
    "provision": "all resources of a new instance",
    "delete": "all of them gone",
    "resize_flavor": "another flavor, confirmed when the guest is well on it",
    "resize_volume": "a larger data volume",
    "update_access": "who may reach the database, and from where",
    "reboot": "the server rebooted",
    "rebuild": "the server on another image",
    "migrate": "the server on another host, confirmed when the guest is well there",
    "create_dns_record": "a DNS record for an address of the instance",
    "delete_dns_record": "its DNS record gone",
    "create_group": "a server group for an instance and its replicas",
    "delete_group": "the server group gone, once nobody is in it",
    "observe": "what the cloud holds for an instance",
}
"""The operations, each with what it is for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GuestHooks:
    """What the guest does around the growth of its data volume, as flows; they undo what they did.

    Each of their steps requires ``on_line``: whether the volume grew while it was in use, which the manager's flow
    provides before. Then ``before`` does nothing, and ``after`` only grows the file system.
    """

    before: Flow
    """Before the volume is detached."""
    after: Flow
    """Once the volume has its new size, and the server has it again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciled:
    """What an interrupted task has left of an instance; None: nothing is known of it, and the row is right."""

    flavor_id: str | None = None
    volume_size: int | None = None
    """In GiB."""


@runtime_checkable
class Reconciler(Protocol):
    """A resource manager whose cloud goes on when the task manager has died, and that knows how to end it.

    ``now`` is the wall clock's moment, with its zone: a deadline outlives every process. Both raise CloudError.
    """

    def sweep(self, now: datetime) -> Sequence[str]:
        """End what nobody watches any more, of all instances; return what it was, in words."""

    def settle(self, instance: InstanceRef, now: datetime) -> Reconciled | None:
        """Return what is left of an instance, once that is certain; None: ask again later."""


class ResourceManager:
    """An implementation overrides what it supports; everything else is refused.

    A method that changes the cloud returns a *flow* and does nothing itself: whoever asked runs it. A flow

    - MUST do nothing that a second run of it, with the same arguments, would do twice: each create looks for its own
      earlier result by owner marker first;
    - MUST undo what it did when a step fails, and wait until that is gone; an undo never raises, and says what it could
      not undo;
    - MUST end: every wait has a deadline;
    - MUST NOT write Trove's rows: it announces what it made or changed as named results (``server_id``, ``volume_id``,
      ``stack_id``, ``hostname``, ``flavor_id``, ``volume_size``), which the caller writes before the next step begins;
    - MUST read back what an instance has, and change the one field it is about;
    - MUST run the guest's steps it is handed, as flows, where it says so, and know nothing of what they do;
    - MUST NOT delete a data volume, unless it is the flow of ``delete`` or the undo of the volume's own create;
    - has steps named ``<operation>/<role>/<step>``, unique in it, and stable: they are how a flow is taken up again.

    Methods raise InvalidSpecError for arguments that cannot be, before any call to the cloud.
    """

    name = "none"
    """What ``resource_manager`` calls it, and what stands in ``provisioning_engine``."""
    conditions: ClassVar[Mapping[str, str]] = {}
    """What an operation needs that not every cloud has, in words, by its name."""

    @classmethod
    def engines(cls) -> frozenset[str]:
        """Return the engines whose instances it manages: itself, unless it routes to others."""
        return frozenset({cls.name})

    @classmethod
    def engine_of_new(cls, settings: Settings) -> str:  # noqa: ARG003 - who routes asks them
        """Return the engine of the instances it provisions."""
        return cls.name

    def require_own(self, instance: InstanceRef) -> None:
        """Raise WrongEngineError when another engine owns an instance. To be asked before anything is done with one."""
        if instance.engine is not None and instance.engine not in self.engines():
            raise WrongEngineError(instance.instance_id, engine=instance.engine, manager=self.name)

    def require_supported(self, operation: str, instance: InstanceRef) -> None:
        """Raise OperationIsNotSupported for an instance that cannot have an operation, though others can.

        To be asked before anything is done for it, the guest's steps too. May ask the cloud, and changes nothing.
        Raises CloudError.
        """

    def provision(self, spec: InstanceSpec) -> Flow:
        """Make all resources of a new instance; the server is ``ACTIVE`` at the end.

        Announces ``volume_id`` (if there is a data volume), ``server_id`` and, with DNS, ``hostname``.
        """
        raise OperationIsNotSupported(self.name, "provision")

    def delete(self, instance: InstanceRef) -> Flow:
        """Delete everything the cloud holds for an instance, whoever made it, and wait until it is gone.

        Tries everything before it fails with LeftoversError; run again, it goes on with what is left.
        """
        raise OperationIsNotSupported(self.name, "delete")

    def resize_flavor(self, instance: InstanceRef, flavor: FlavorSpec, verify: Flow) -> Flow:
        """Give the server another flavor, run ``verify`` on it, and confirm it only then.

        If anything fails before it is confirmed the server has its old flavor again; what fails after that leaves the
        new one. Announces ``flavor_id`` once it is confirmed. A server that has the flavor already is only verified.
        """
        raise OperationIsNotSupported(self.name, "resize_flavor")

    def resize_volume(self, instance: InstanceRef, size: int, around: GuestHooks) -> Flow:
        """Grow the data volume to ``size`` GiB: in use where the cloud can, else detached, with ``around`` around it.

        A growth is never undone: what fails after it leaves a larger volume, attached. Announces ``volume_size`` as
        soon as the volume has it; only when a growth ends after its deadline is it left to ``observe`` to tell.
        Refuses, with InvalidSpecError when it runs, an instance without a data volume, and a smaller size.
        """
        raise OperationIsNotSupported(self.name, "resize_volume")

    def update_access(self, instance: InstanceRef, access: AccessSpec) -> Flow:
        """Let clients in from other networks, and give or take the floating IP.

        Who is let in before and after is let in all the time. If anything fails all is as it was. Rules an operator
        made by hand stay. An instance without a security group of its own gets none.
        """
        raise OperationIsNotSupported(self.name, "update_access")

    def reboot(self, instance: InstanceRef) -> Flow:
        """Reboot the server, also one that is off or in ``ERROR``; it is ``ACTIVE`` at the end."""
        raise OperationIsNotSupported(self.name, "reboot")

    def rebuild(self, instance: InstanceRef, spec: RebuildSpec) -> Flow:
        """Put the server on another image, with new user data; it is ``ACTIVE`` at the end.

        Cannot be undone: a server that is half-way is said to be left.
        """
        raise OperationIsNotSupported(self.name, "rebuild")

    def migrate(self, instance: InstanceRef, host: str | None, verify: Flow) -> Flow:
        """Move the server to another host, or to ``host``, run ``verify`` there, and confirm it only then.

        If anything fails before it is confirmed the server is where it was; one that the cloud gave up half-way is
        started by force, wherever that left it.
        """
        raise OperationIsNotSupported(self.name, "migrate")

    def create_dns_record(self, instance: InstanceRef, address: str) -> Flow:
        """Make the DNS record of an instance, or take over the one there is. Announces ``hostname``."""
        raise OperationIsNotSupported(self.name, "create_dns_record")

    def delete_dns_record(self, instance: InstanceRef) -> Flow:
        """Delete the DNS record of an instance, if there is one."""
        raise OperationIsNotSupported(self.name, "delete_dns_record")

    def create_group(self, instance_id: str, policy: str) -> Flow:
        """Make the server group of an instance and its replicas: ``affinity`` or ``anti-affinity``.

        Announces ``group_id``.
        """
        raise OperationIsNotSupported(self.name, "create_group")

    def delete_group(self, instance_id: str) -> Flow:
        """Delete the server group the instance made, or is in, unless somebody else is in it.

        Run before ``delete``: a server that is gone is no member, and a replica's group has its source's name.
        """
        raise OperationIsNotSupported(self.name, "delete_group")

    def observe(self, instance: InstanceRef) -> Inventory:
        """Return what the cloud holds for an instance. Changes nothing. Raises CloudError."""
        raise OperationIsNotSupported(self.name, "observe")


def supported(manager: type[ResourceManager]) -> frozenset[str]:
    """Return the operations a resource manager supports: those it overrides."""
    return frozenset(name for name in OPERATIONS if getattr(manager, name) is not getattr(ResourceManager, name))
