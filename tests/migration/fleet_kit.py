"""Kit for tests of the migration manager with many instances of both engines."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeVar

from taskflow.flow import Flow

from heat_cloud_kit import TasksOnHeat, deadlines, known
from trove_lab.conformance import Example, Run, Site
from trove_lab.conformance.stock import StockMade
from trove_lab.local.heat_cloud import HeatCloud
from trove_resources import markers
from trove_resources.clouds import Clouds
from trove_resources.clouds.service import Json
from trove_resources.contract import ResourceManager
from trove_resources.inventory import InstanceRef, Inventory
from trove_resources.migration import Migration
from trove_resources.native import Native
from trove_resources.orchestrator import Orchestrator
from trove_resources.spec import InstanceSpec

T = TypeVar("T")
U = TypeVar("U")

SETTINGS = deadlines(server=90, volume=60, delete=90, move=90, revert=60, reboot=60, access=90, verify=120)
AT_ONCE = 6
"""Number of tasks that run concurrently."""


@dataclass
class Member:
    """One instance. ``engine`` is the engine in its row, None for instances of stock Trove."""

    example: Example
    engine: str | None
    row: dict[str, str | None] = field(default_factory=dict)
    group_id: str | None = None
    allowed: tuple[str, ...] = ("0.0.0.0/0",)
    """The allowed CIDRs in the row."""

    @property
    def ref(self) -> InstanceRef:
        """The reference to it, from its row."""
        return self.example.ref(engine=self.engine, **known(self.row))

    @property
    def instance_id(self) -> str:
        """The instance's id."""
        return self.example.instance_id


class Fleet(TasksOnHeat):
    """The instances, with one manager and one driver for their tasks."""

    def __init__(self, heat_cloud: HeatCloud, site: Site, clouds: Clouds) -> None:
        super().__init__(heat_cloud, site, clouds, SETTINGS)
        self.manager = Migration(clouds, self.settings)
        self.earlier = Native(clouds, self.settings)
        """The manager that the operator used before."""
        self.members: list[Member] = []
        self.flavors = {flavor.id: flavor.name for flavor in heat_cloud.cloud.compute.flavors}
        """Flavor names by id."""

    def member(self, engine: str | None, group_id: str | None = None) -> Member:
        """Add an instance that is not provisioned yet, and return it."""
        made = Member(Example(self.site, engine=engine), engine, group_id=group_id)
        self.members.append(made)
        return made

    def of(self, engine: str) -> list[Member]:
        """Return the instances of an engine. Those without an engine are native."""
        return [each for each in self.members if (each.engine or Native.name) == engine]

    def make_by_stock(self, member: Member) -> None:
        """Create an instance as stock Trove did."""
        StockMade(self.site, member.example).everything()
        held = self.observe(member)
        member.row |= {"server_id": held.servers[0].id, "volume_id": held.volumes[0].id}

    def provision(self, member: Member) -> Run:
        """Provision an instance: with Heat by the manager, natively by the earlier one."""
        manager = self.manager if member.engine == Orchestrator.name else self.earlier
        spec = _spec(member)
        return self._noted(member, self.driver.attempt(manager.provision(spec), member.example.owner))

    def run(self, member: Member, flow: Flow) -> Run:
        """Run a task, and return the run, which may have failed."""
        return self._noted(member, self.driver.attempt(flow, member.example.next_task().owner))

    @staticmethod
    def _noted(member: Member, run: Run) -> Run:
        member.row.update(run.results)
        return run

    def observe(self, member: Member) -> Inventory:
        """Return the inventory of an instance."""
        return self.manager.observe(member.ref)

    def create_group(self, manager: ResourceManager, member: Member) -> str:
        """Create the server group of an instance and its replicas, and return its id."""
        run = self.run(member, manager.create_group(member.ref, "anti-affinity"))
        assert run.error is None, run.error
        return str(run.results["group_id"])

    def remove(self, member: Member) -> Run:
        """Delete an instance as Trove does: first its group, if that has no other member."""
        run = self.run(member, self.manager.delete_group(member.ref))
        return run if run.error else self.delete(member)

    def delete(self, member: Member) -> Run:
        """Delete an instance without its group. A deleted instance leaves the fleet."""
        run = self.run(member, self.manager.delete(member.ref))
        if run.error is None:
            self.members.remove(member)
        return run

    def groups(self) -> set[str]:
        """Return the ids of all server groups."""
        return {group.id for group in self.clouds.compute.groups()}

    def stacks_of_group(self, group_id: str) -> int:
        """Return the number of stacks of a group."""
        return len(self.clouds.orchestration.find_tagged(markers.group_tag(group_id)))

    def has_stack(self, member: Member) -> bool:
        """Return whether the instance has a stack."""
        return bool(self.clouds.orchestration.find(markers.resource_name(member.instance_id)))

    def fault(self, **rule: Any) -> None:
        """Refuse requests until the faults are removed."""
        self.add_fault({"kind": "status", "status": 503, "times": None, **rule})

    def held(self) -> dict[str, list[Json]]:
        """Return all resources of the cloud by kind, without empty kinds."""
        return {kind: rows for kind, rows in self.inventory().items() if rows}

    def actions(self, member: Member) -> list[str]:
        """Return the actions of an instance's server, by Nova's names."""
        with self.cloud.lock:
            server = self.cloud.compute.servers.get(str(member.row["server_id"]))
            return [str(each.action) for each in server.actions] if server else []


def side_by_side(do: Callable[[T], U], things: Iterable[T]) -> Sequence[U]:
    """Call a function with each item, several at once, and return the results in order."""
    with ThreadPoolExecutor(AT_ONCE) as threads:
        return list(threads.map(do, things))


def _spec(member: Member) -> InstanceSpec:
    example, server = member.example, member.example.server(group_id=member.group_id)
    if member.group_id:
        return example.bare_spec(server=server)
    return example.spec(server=server)
