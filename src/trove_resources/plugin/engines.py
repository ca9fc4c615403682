"""The resource managers of a configuration, by engine and region."""

from trove_resources.contract import Reconciler, ResourceManager
from trove_resources.inventory import InstanceRef
from trove_resources.plugin.clouds import CloudsOfTrove
from trove_resources.settings import Settings


class Engines:
    """Makes the configured resource manager for an instance's region."""

    def __init__(self, manager: type[ResourceManager], clouds: CloudsOfTrove, settings: Settings) -> None:
        self._manager, self._clouds, self.settings = manager, clouds, settings

    @property
    def engine_of_new(self) -> str:
        """The engine in the row of an instance that is created now."""
        return self._manager.engine_of_new(self.settings)

    def manager_for(self, instance: InstanceRef, region_id: str | None) -> ResourceManager:
        """Return the resource manager for an instance. Raises WrongEngineError when it does not manage the engine."""
        manager = self._manager(self._clouds.of_region(region_id), self.settings)
        manager.require_own(instance)
        return manager

    @property
    def reconciler(self) -> Reconciler | None:
        """What ends orphaned operations, in the region of our credentials; None when the manager leaves none."""
        manager = self._manager(self._clouds.of_region(None), self.settings)
        return manager if isinstance(manager, Reconciler) else None
