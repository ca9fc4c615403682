"""The migration manager: new instances through one engine, each older one through the engine that provisioned it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import ClassVar

from taskflow.flow import Flow
from taskflow.patterns.linear_flow import Flow as LinearFlow

from trove_resources.clouds import Clouds
from trove_resources.contract import GuestHooks, Reconciled, ResourceManager
from trove_resources.errors import OperationIsNotSupported
from trove_resources.inventory import InstanceRef, Inventory
from trove_resources.migration.steps import CheckNoStack, RemoveGroup
from trove_resources.native import Native
from trove_resources.native.steps.server_group import DeleteGroup
from trove_resources.orchestrator import Orchestrator
from trove_resources.settings import Settings
from trove_resources.spec import AccessSpec, FlavorSpec, InstanceSpec, RebuildSpec

__all__ = ["Migration"]


class Migration(ResourceManager):
    """A router: what it does with an instance is what the engine in its row does.

    Each flow of the native engine first sees that no stack has the instance: row and stack are to agree. A Heat that
    does not answer is no obstacle to it.
    """

    name = "migration"
    conditions: ClassVar[Mapping[str, str]] = {
        operation: f"{condition}, of instances of {Orchestrator.name}"
        for operation, condition in Orchestrator.conditions.items()
    }

    def __init__(self, clouds: Clouds, settings: Settings | None = None) -> None:
        self._clouds = clouds
        self._settings = settings or Settings()
        self._orchestrator = Orchestrator(clouds, self._settings)
        self._engines: dict[str, ResourceManager] = {
            Native.name: Native(clouds, self._settings),
            Orchestrator.name: self._orchestrator,
        }

    @classmethod
    def engines(cls) -> frozenset[str]:
        """Return both."""
        return frozenset({Native.name, Orchestrator.name})

    @classmethod
    def engine_of_new(cls, settings: Settings) -> str:
        """Return the one the operator chose."""
        return settings.new_instances

    def require_supported(self, operation: str, instance: InstanceRef) -> None:
        """By its engine."""
        self._of(instance).require_supported(operation, instance)

    def provision(self, spec: InstanceSpec) -> Flow:
        """By the engine of new instances."""
        return self._new.provision(spec)

    def delete(self, instance: InstanceRef) -> Flow:
        """By its engine."""
        return self._checked("delete", instance, self._of(instance).delete(instance))

    def resize_flavor(self, instance: InstanceRef, flavor: FlavorSpec, verify: Flow) -> Flow:
        """By its engine."""
        return self._checked("resize_flavor", instance, self._of(instance).resize_flavor(instance, flavor, verify))

    def resize_volume(self, instance: InstanceRef, size: int, around: GuestHooks) -> Flow:
        """By its engine."""
        return self._checked("resize_volume", instance, self._of(instance).resize_volume(instance, size, around))

    def update_access(self, instance: InstanceRef, access: AccessSpec) -> Flow:
        """By its engine."""
        return self._checked("update_access", instance, self._of(instance).update_access(instance, access))

    def reboot(self, instance: InstanceRef) -> Flow:
        """By its engine."""
        return self._checked("reboot", instance, self._of(instance).reboot(instance))

    def rebuild(self, instance: InstanceRef, spec: RebuildSpec) -> Flow:
        """By its engine."""
        return self._checked("rebuild", instance, self._of(instance).rebuild(instance, spec))

    def migrate(self, instance: InstanceRef, host: str | None, verify: Flow) -> Flow:
        """By its engine."""
        return self._checked("migrate", instance, self._of(instance).migrate(instance, host, verify))

    def create_dns_record(self, instance: InstanceRef, address: str) -> Flow:
        """By its engine."""
        made = self._of(instance).create_dns_record(instance, address)
        return self._checked("create_dns_record", instance, made)

    def delete_dns_record(self, instance: InstanceRef) -> Flow:
        """By its engine."""
        gone = self._of(instance).delete_dns_record(instance)
        return self._checked("delete_dns_record", instance, gone)

    def create_group(self, instance_id: str, policy: str) -> Flow:
        """By the engine of new instances; members may be of any."""
        return self._new.create_group(instance_id, policy)

    def delete_group(self, instance_id: str) -> Flow:
        """By Nova, which knows the members of all engines; with its stack where it has one."""
        remove = RemoveGroup(self._clouds, self._settings)
        gone = DeleteGroup(self._clouds.compute, instance_id, remove)
        return LinearFlow(f"delete_group/{instance_id}").add(gone)

    def observe(self, instance: InstanceRef) -> Inventory:
        """By its engine."""
        return self._of(instance).observe(instance)

    def sweep(self, now: datetime) -> Sequence[str]:
        """As the orchestrator does."""
        return self._orchestrator.sweep(now)

    def settle(self, instance: InstanceRef, now: datetime) -> Reconciled | None:
        """As the orchestrator does, for its own."""
        if self._of(instance) is not self._orchestrator:
            raise OperationIsNotSupported(Native.name, "settle")
        return self._orchestrator.settle(instance, now)

    @property
    def _new(self) -> ResourceManager:
        return self._engines[self._settings.new_instances]

    def _of(self, instance: InstanceRef) -> ResourceManager:
        """Return the engine in an instance's row; none is native, as rows are that are older than us."""
        self.require_own(instance)
        return self._engines[instance.engine or Native.name]

    def _checked(self, operation: str, instance: InstanceRef, flow: Flow) -> Flow:
        if self._of(instance) is self._orchestrator:
            return flow
        check = CheckNoStack(self._clouds.orchestration, operation, instance)
        return LinearFlow(f"{operation}/{instance.instance_id}/{Native.name}").add(check, flow)
