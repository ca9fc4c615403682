"""The migration manager: new instances through one engine, each older one through the engine that provisioned it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import ClassVar

from oslo_config import cfg
from taskflow.flow import Flow
from taskflow.patterns.linear_flow import Flow as LinearFlow

from trove_resources.clouds import Clouds
from trove_resources.contract import GuestHooks, Reconciled, ResourceManager
from trove_resources.errors import OperationIsNotSupported
from trove_resources.inventory import InstanceRef, Inventory
from trove_resources.migration.steps import CheckNoStack
from trove_resources.native import Native
from trove_resources.orchestrator import Orchestrator
from trove_resources.settings import Settings
from trove_resources.spec import AccessSpec, FlavorSpec, InstanceSpec, RebuildSpec

__all__ = ["Migration"]


class Migration(ResourceManager):
    """A router: it does with an instance what the engine in its row does.

    Each flow of a native instance, except those of its server group, first checks that no stack exists for the
    instance: row and stacks must agree. A Heat that does not answer is no obstacle.
    """

    name = "migration"
    conditions: ClassVar[Mapping[str, str]] = {
        operation: f"{condition}, for instances of {Orchestrator.name}"
        for operation, condition in Orchestrator.conditions.items()
    }
    needs_heat = True
    needs_adopt_and_abandon = True
    options: ClassVar[Sequence[cfg.Opt]] = (
        cfg.StrOpt(
            "new_instances",
            default=Orchestrator.name,
            choices=(Orchestrator.name, Native.name),
            help="With resource_manager = migration: the engine that provisions new instances. Existing instances stay "
            "with the engine that provisioned them.",
        ),
    )

    def __init__(self, clouds: Clouds, settings: Settings) -> None:
        super().__init__(clouds, settings)
        self._native = Native(clouds, settings)
        self._orchestrator = Orchestrator(clouds, settings)

    @classmethod
    def engines(cls) -> frozenset[str]:
        """Return both engines."""
        return frozenset({Native.name, Orchestrator.name})

    @classmethod
    def engine_of_new(cls, settings: Settings) -> str:
        """Return the engine that the operator chose."""
        return str(settings.options["new_instances"])

    def require_supported(self, operation: str, instance: InstanceRef) -> None:
        """Ask the engine of the instance."""
        self._of(instance).require_supported(operation, instance)

    def provision(self, spec: InstanceSpec) -> Flow:
        """By the engine in the spec."""
        return self._engine(spec.engine).provision(spec)

    def delete(self, instance: InstanceRef) -> Flow:
        """By the engine of the instance."""
        return self._checked("delete", instance, self._of(instance).delete(instance))

    def resize_flavor(self, instance: InstanceRef, flavor: FlavorSpec, verify: Flow) -> Flow:
        """By the engine of the instance."""
        return self._checked("resize_flavor", instance, self._of(instance).resize_flavor(instance, flavor, verify))

    def resize_volume(self, instance: InstanceRef, size: int, guest: GuestHooks) -> Flow:
        """By the engine of the instance."""
        return self._checked("resize_volume", instance, self._of(instance).resize_volume(instance, size, guest))

    def update_access(self, instance: InstanceRef, access: AccessSpec) -> Flow:
        """By the engine of the instance."""
        return self._checked("update_access", instance, self._of(instance).update_access(instance, access))

    def reboot(self, instance: InstanceRef) -> Flow:
        """By the engine of the instance."""
        return self._checked("reboot", instance, self._of(instance).reboot(instance))

    def rebuild(self, instance: InstanceRef, spec: RebuildSpec) -> Flow:
        """By the engine of the instance."""
        return self._checked("rebuild", instance, self._of(instance).rebuild(instance, spec))

    def migrate(self, instance: InstanceRef, host: str | None, verify: Flow) -> Flow:
        """By the engine of the instance."""
        return self._checked("migrate", instance, self._of(instance).migrate(instance, host, verify))

    def create_group(self, instance: InstanceRef, policy: str) -> Flow:
        """By the engine of the instance; members can be of any engine."""
        return self._of(instance).create_group(instance, policy)

    def delete_group(self, instance: InstanceRef) -> Flow:
        """By Nova, which knows the members of all engines; the group's stack, if it has one, is deleted with it."""
        return self._native.delete_group(instance, self._orchestrator.remove_group)

    def observe(self, instance: InstanceRef) -> Inventory:
        """By the engine of the instance."""
        return self._of(instance).observe(instance)

    def end_orphaned(self, now: datetime) -> Sequence[str]:
        """As the orchestrator does."""
        return self._orchestrator.end_orphaned(now)

    def reconcile(self, instance: InstanceRef, now: datetime) -> Reconciled | None:
        """As the orchestrator does, for its own instances."""
        if self._of(instance) is not self._orchestrator:
            raise OperationIsNotSupported(Native.name, "reconcile")
        return self._orchestrator.reconcile(instance, now)

    def _of(self, instance: InstanceRef) -> Native | Orchestrator:
        """Return the engine of an instance. Raises WrongEngineError."""
        self.require_own(instance)
        return self._engine(instance.engine)

    def _engine(self, name: str | None) -> Native | Orchestrator:
        """Return an engine; without a name, the native one, whose rows are older than our columns."""
        return self._orchestrator if name == Orchestrator.name else self._native

    def _checked(self, operation: str, instance: InstanceRef, flow: Flow) -> Flow:
        if self._of(instance) is self._orchestrator:
            return flow
        check = CheckNoStack(self.clouds.orchestration, operation, instance)
        return LinearFlow(f"{operation}/{instance.instance_id}/{Native.name}").add(check, flow)
