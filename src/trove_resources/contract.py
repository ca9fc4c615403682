"""ResourceManager: what Trove's tasks ask of whoever manages an instance's resources."""

from collections.abc import Mapping

from taskflow.flow import Flow

from trove_resources.errors import OperationIsNotSupported
from trove_resources.inventory import InstanceRef, Inventory
from trove_resources.spec import InstanceSpec

OPERATIONS: Mapping[str, str] = {
    "provision": "all resources of a new instance",
    "delete": "all of them gone",
    "create_dns_record": "a DNS record for an address of the instance",
    "delete_dns_record": "its DNS record gone",
    "create_group": "a server group for an instance and its replicas",
    "delete_group": "the server group gone, once nobody is in it",
    "observe": "what the cloud holds for an instance",
}
"""The operations, each with what it is for."""


class ResourceManager:
    """An implementation overrides what it supports; everything else is refused.

    A method that changes the cloud returns a *flow* and does nothing itself: whoever asked runs it. A flow

    - MUST do nothing that a second run of it, with the same arguments, would do twice: each create looks for its own
      earlier result by owner marker first;
    - MUST undo what it did when a step fails, and wait until that is gone; an undo never raises, and says what it could
      not undo;
    - MUST end: every wait has a deadline;
    - MUST NOT write Trove's rows: it announces what it made as named results (``server_id``, ``volume_id``,
      ``stack_id``, ``hostname``), which the caller writes before the next step begins;
    - MUST NOT delete a data volume, unless it is the flow of ``delete`` or the undo of the volume's own create;
    - has steps named ``<operation>/<role>/<step>``, unique in it, and stable: they are how a flow is taken up again.

    Methods raise InvalidSpecError for arguments that cannot be, before any call to the cloud.
    """

    name = "none"
    """What ``resource_manager`` calls it, and what stands in ``provisioning_engine``."""

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
