"""Base of the kits for the orchestrator and the migration manager: tasks on minicloud and a real Heat."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from trove_lab.cloud.control import inventory
from trove_lab.conformance import Driver, Site
from trove_lab.local.heat_cloud import HeatCloud
from trove_resources.clouds import Clouds
from trove_resources.clouds.service import Json
from trove_resources.settings import Settings


def deadlines(**seconds: float) -> Settings:
    """Return settings with these deadlines: ``server=40`` sets ``server_seconds``."""
    return Settings(**{f"{what}_seconds": value for what, value in seconds.items()})  # type: ignore[arg-type]


def known(row: Mapping[str, str | None]) -> dict[str, str | None]:
    """Return the ids that are set in a row of Trove."""
    return {name: row[name] for name in ("server_id", "volume_id", "stack_id") if row.get(name)}


class TasksOnHeat:
    """A cloud, its clients, and a driver for tasks."""

    def __init__(self, heat_cloud: HeatCloud, site: Site, clouds: Clouds, settings: Settings) -> None:
        self.heat_cloud, self.cloud, self.site, self.clouds = heat_cloud, heat_cloud.cloud, site, clouds
        self.settings = replace(settings, public_network_id=site.service.network.find_network("public").id)
        self.driver = Driver(site.clock)

    def add_fault(self, rule: Mapping[str, Any]) -> None:
        """Add a fault, until the faults are removed."""
        with self.cloud.lock:
            self.cloud.faults.add(dict(rule))

    def remove_faults(self) -> None:
        """Remove all faults."""
        with self.cloud.lock:
            self.cloud.faults.remove()

    def inventory(self) -> dict[str, list[Json]]:
        """Return all resources of the cloud by kind."""
        with self.cloud.lock:
            self.cloud.run_due()
            return inventory.view(self.cloud)
