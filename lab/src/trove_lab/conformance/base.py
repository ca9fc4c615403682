"""The base of all suites: what a subclass provides, and an instance that is deleted when the test ends."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, ClassVar

import pytest
from taskflow.flow import Flow

from trove_lab.conformance.driver import Driver, Run
from trove_lab.conformance.example import Example
from trove_lab.conformance.needs import ALL_KINDS, Need, needs_of
from trove_lab.conformance.site import Site
from trove_resources.contract import OPERATIONS, ResourceManager
from trove_resources.flows.events import Event
from trove_resources.inventory import InstanceRef, Inventory
from trove_resources.kinds import ResourceKind
from trove_resources.spec import InstanceSpec


class Bench:
    """A manager, the cloud it works on, and one instance."""

    def __init__(
        self,
        site: Site,
        manager: ResourceManager,
        driver: Driver,
        *,
        engine: str | None = None,
        creates: frozenset[ResourceKind] = ALL_KINDS,
    ) -> None:
        self.site, self.manager, self.driver = site, manager, driver
        self.example = Example(site, engine=engine, creates=creates)
        self.row: dict[str, str | None] = {}
        """What the flows announced: the columns of Trove's row."""
        self._before = set(site.left(self.example.instance_id))

    @property
    def ref(self) -> InstanceRef:
        """What the row says about the instance."""
        columns = ("server_id", "volume_id", "stack_id")
        return self.example.ref(**{name: self.row[name] for name in columns if name in self.row})

    def another(self) -> Example:
        """Return another instance, with the same engine in its row."""
        return Example(self.site, engine=self.example.engine, creates=self.example.creates)

    def provision(self, spec: InstanceSpec) -> Run:
        """Create the instance. Raises what the flow raises."""
        return self._recorded(self.driver.run(self.manager.provision(spec), self.example.owner))

    def run(self, flow: Flow) -> Run:
        """Run a flow that changes the instance, as a task of its own. Raises what the flow raises."""
        return self._recorded(self.driver.run(flow, self.example.next_task().owner))

    def attempt(self, flow: Flow, *, watch: Callable[[Event], None] = lambda _event: None) -> Run:
        """Run such a flow and return its outcome, a failure included."""
        return self._recorded(self.driver.attempt(flow, self.example.next_task().owner, watch=watch))

    def _recorded(self, run: Run) -> Run:
        self.row.update(run.results)
        return run

    def delete(self, **known: Any) -> Run:
        """Delete the instance. Raises what the flow raises."""
        example = self.example.next_task()
        return self.driver.run(self.manager.delete(example.ref(**known)), example.owner)

    def observe(self) -> Inventory:
        """Return what the cloud holds for the instance."""
        return self.manager.observe(self.example.ref())

    def held(self) -> Inventory:
        """Return what the cloud holds for the instance, without fields that change by themselves: for comparisons."""
        held = self.observe()
        # What Nova shows of addresses lags behind the ports that have them.
        servers = tuple(replace(server, updated_at=None, host=None, addresses=()) for server in held.servers)
        return replace(held, servers=servers, ports=tuple(sorted(held.ports, key=lambda port: port.id)))

    def check_nothing_is_left(self) -> None:
        """Fail if the manager observes anything of the instance, or the cloud holds anything."""
        assert self.observe().is_empty, self.observe()
        left = set(self.site.left(self.example.instance_id)) - self._before
        assert not left


class Conformance:
    """The base class of the suites. A subclass names a manager, and the cloud it works on.

    A test fails, too, when it leaves something behind. Tests that need an operation or a kind of resource that the
    manager does not support are not collected: ``not_collected`` has their names.
    """

    engine: str | None = None
    """The engine in the rows of the instances, which a router needs. None: the row has none."""
    operations: ClassVar[frozenset[str]] = frozenset(OPERATIONS)
    """The operations that the manager supports: ``contract.supported(Manager)``."""
    creates: ClassVar[frozenset[ResourceKind]] = ALL_KINDS
    """The kinds of resources that the manager creates. The examples of instances have no others."""
    not_collected: ClassVar[Mapping[str, frozenset[Need]]] = MappingProxyType({})
    """The tests that do not apply, each with what it needs and the manager does not support."""

    def __init_subclass__(cls, **arguments: Any) -> None:
        """Hide the tests that do not apply from pytest."""
        super().__init_subclass__(**arguments)
        unmet = {
            name: (needs_of(cls) | needs_of(getattr(cls, name))) - cls.operations - cls.creates
            for name in dir(cls)
            if name.startswith("test_") and callable(getattr(cls, name))
        }
        cls.not_collected = MappingProxyType({name: missing for name, missing in unmet.items() if missing})
        for name in cls.not_collected:
            # pytest collects callables only.
            setattr(cls, name, None)

    @pytest.fixture
    def site(self) -> Site:
        """Return the cloud to run on."""
        raise NotImplementedError("define a fixture `site` that returns a trove_lab.conformance.Site")

    @pytest.fixture
    def manager(self, site: Site) -> ResourceManager:
        """Return the manager under test, on that cloud."""
        raise NotImplementedError("define a fixture `manager` that returns a ResourceManager")

    @pytest.fixture
    def driver(self, site: Site) -> Driver:
        """Return what runs the flows."""
        return Driver(site.clock)

    @pytest.fixture
    def bench(self, site: Site, manager: ResourceManager, driver: Driver) -> Iterator[Bench]:
        """Return an instance that does not exist yet. It is deleted at the end, with everything that it has."""
        bench = Bench(site, manager, driver, engine=self.engine, creates=self.creates)
        try:
            yield bench
        finally:
            bench.delete()
        bench.check_nothing_is_left()
