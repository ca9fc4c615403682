"""Many instances of one Trove, of both engines, and the one migration manager that all of them have."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from taskflow.flow import Flow

from trove_lab.cloud.control import inventory
from trove_lab.conformance import Driver, Example, Run, Site
from trove_lab.conformance.stock import StockMade
from trove_lab.local.heat_cloud import HeatCloud
from trove_resources import markers
from trove_resources.clouds import Clouds
from trove_resources.contract import ResourceManager
from trove_resources.inventory import InstanceRef, Inventory
from trove_resources.migration import Migration
from trove_resources.native import Native
from trove_resources.orchestrator import Orchestrator
from trove_resources.settings import Settings
from trove_resources.spec import InstanceSpec

T = TypeVar("T")
U = TypeVar("U")

SETTINGS = Settings(
    server_seconds=90,
    volume_seconds=60,
    delete_seconds=90,
    move_seconds=90,
    revert_seconds=60,
    reboot_seconds=60,
    access_seconds=90,
    verify_seconds=120,
)
AT_ONCE = 6
"""Tasks that run side by side."""


@dataclass
class Member:
    """One instance. ``engine`` is what its row names: None in those of stock Trove."""

    example: Example
    engine: str | None
    row: dict[str, str | None] = field(default_factory=dict)
    group_id: str | None = None
    allowed: tuple[str, ...] = ("0.0.0.0/0",)
    """Who may reach it, as the row says."""

    @property
    def ref(self) -> InstanceRef:
        """What the row says of it."""
        columns = ("server_id", "volume_id", "stack_id")
        return self.example.ref(engine=self.engine, **{name: self.row[name] for name in columns if self.row.get(name)})

    @property
    def instance_id(self) -> str:
        """The instance's id."""
        return self.example.instance_id


class Fleet:
    """The instances, and what runs their tasks: one manager, one driver."""

    def __init__(self, heat_cloud: HeatCloud, site: Site, clouds: Clouds) -> None:
        self.cloud, self.site, self.clouds = heat_cloud.cloud, site, clouds
        settings = replace(SETTINGS, public_network_id=site.service.network.find_network("public").id)
        self.manager = Migration(clouds, settings)
        self.earlier = Native(clouds, settings)
        """The manager the operator had before."""
        self.driver = Driver(site.clock)
        self.members: list[Member] = []
        self.flavors = {flavor.id: flavor.name for flavor in heat_cloud.cloud.compute.flavors}
        """Names by ids."""

    def member(self, engine: str | None, group_id: str | None = None) -> Member:
        """Return an instance that is not there yet."""
        made = Member(Example(self.site, engine=engine), engine, group_id=group_id)
        self.members.append(made)
        return made

    def of(self, engine: str) -> list[Member]:
        """Return the instances an engine manages; native are those without a word of it, too."""
        return [each for each in self.members if (each.engine or Native.name) == engine]

    def make_by_stock(self, member: Member) -> None:
        """Make an instance as stock Trove did."""
        StockMade(self.site, member.example).everything()
        held = self.observe(member)
        member.row |= {"server_id": held.servers[0].id, "volume_id": held.volumes[0].id}

    def provision(self, member: Member) -> Run:
        """Make an instance: through Heat by the one manager, natively by that of before."""
        manager = self.manager if member.engine == Orchestrator.name else self.earlier
        spec = _spec(member)
        return self._noted(member, self.driver.attempt(manager.provision(spec), member.example.owner))

    def run(self, member: Member, flow: Flow) -> Run:
        """Run a task, and return what came of it."""
        return self._noted(member, self.driver.attempt(flow, member.example.next_task().owner))

    @staticmethod
    def _noted(member: Member, run: Run) -> Run:
        member.row.update(run.results)
        return run

    def observe(self, member: Member) -> Inventory:
        """Return what the cloud holds for an instance."""
        return self.manager.observe(member.ref)

    def create_group(self, manager: ResourceManager, member: Member) -> str:
        """Make the group of an instance and its replicas, and return its id."""
        run = self.run(member, manager.create_group(member.ref, "anti-affinity"))
        assert run.error is None, run.error
        return str(run.results["group_id"])

    def remove(self, member: Member) -> Run:
        """Delete an instance as Trove does: first the group, if nobody else is in it."""
        run = self.run(member, self.manager.delete_group(member.ref))
        return run if run.error else self.delete(member)

    def delete(self, member: Member) -> Run:
        """Delete an instance, but for its group; one that is gone is no member any more."""
        run = self.run(member, self.manager.delete(member.ref))
        if run.error is None:
            self.members.remove(member)
        return run

    def groups(self) -> set[str]:
        """Return the ids of the server groups there are."""
        return {group.id for group in self.clouds.compute.groups()}

    def stacks_of_group(self, group_id: str) -> int:
        """Return how many stacks a group has."""
        return len(self.clouds.orchestration.find_tagged(markers.group_tag(group_id)))

    def has_stack(self, member: Member) -> bool:
        """Say whether a stack has an instance."""
        return bool(self.clouds.orchestration.find(markers.resource_name(member.instance_id)))

    def fault(self, **rule: Any) -> None:
        """Have requests be refused, until the cloud is calm again."""
        with self.cloud.lock:
            self.cloud.faults.add({"kind": "status", "status": 503, "times": None, **rule})

    def calm(self) -> None:
        """Let the cloud behave."""
        with self.cloud.lock:
            self.cloud.faults.remove()

    def held(self) -> dict[str, list[dict[str, Any]]]:
        """Return what the cloud holds of every kind, if anything."""
        with self.cloud.lock:
            self.cloud.run_due()
            return {kind: rows for kind, rows in inventory.view(self.cloud).items() if rows}

    def actions(self, member: Member) -> list[str]:
        """Return what was done to an instance's server, as Nova names it."""
        with self.cloud.lock:
            server = self.cloud.compute.servers.get(str(member.row["server_id"]))
            return [str(each.action) for each in server.actions] if server else []


def side_by_side(do: Callable[[T], U], things: Iterable[T]) -> Sequence[U]:
    """Do something with each, several at once, and return what came of them, in order."""
    with ThreadPoolExecutor(AT_ONCE) as threads:
        return list(threads.map(do, things))


def _spec(member: Member) -> InstanceSpec:
    example, server = member.example, member.example.server(group_id=member.group_id)
    if member.group_id:
        return example.bare_spec(server=server)
    return example.spec(server=server)
