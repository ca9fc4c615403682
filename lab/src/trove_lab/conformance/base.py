"""What every suite stands on: the fixtures a subclass provides, and an instance that goes when the test ends."""

from collections.abc import Iterator
from typing import Any

import pytest

from trove_lab.conformance.driver import Driver, Run
from trove_lab.conformance.example import Example
from trove_lab.conformance.site import Site
from trove_resources.contract import ResourceManager
from trove_resources.inventory import Inventory
from trove_resources.spec import InstanceSpec


class Bench:
    """A manager, the cloud it works on, and one instance."""

    def __init__(self, site: Site, manager: ResourceManager, driver: Driver) -> None:
        self.site, self.manager, self.driver = site, manager, driver
        self.example = Example(site)
        self._before = set(site.left(self.example.instance_id))

    def provision(self, spec: InstanceSpec) -> Run:
        """Make the instance. Raises what the flow raises."""
        return self.driver.run(self.manager.provision(spec), self.example.owner)

    def delete(self, **known: Any) -> Run:
        """Delete the instance. Raises what the flow raises."""
        example = self.example.next_task()
        return self.driver.run(self.manager.delete(example.ref(**known)), example.owner)

    def observe(self) -> Inventory:
        """Return what the cloud holds for the instance."""
        return self.manager.observe(self.example.ref())

    def check_nothing_is_left(self) -> None:
        """Fail if the manager, or the cloud itself, still has something of the instance."""
        assert self.observe().is_empty, self.observe()
        left = set(self.site.left(self.example.instance_id)) - self._before
        assert not left


class Conformance:
    """A subclass says which manager, and on which cloud; a test fails with what is left behind too."""

    @pytest.fixture
    def site(self) -> Site:
        """Return the cloud to run on."""
        raise NotImplementedError("define a fixture `site`, a trove_lab.conformance.Site")

    @pytest.fixture
    def manager(self, site: Site) -> ResourceManager:
        """Return the manager under test, made for that cloud."""
        raise NotImplementedError("define a fixture `manager`, a ResourceManager")

    @pytest.fixture
    def driver(self, site: Site) -> Driver:
        """Return what runs its flows."""
        return Driver(site.clock)

    @pytest.fixture
    def bench(self, site: Site, manager: ResourceManager, driver: Driver) -> Iterator[Bench]:
        """Return an instance that is not there yet, and delete it at the end, with all that it has."""
        bench = Bench(site, manager, driver)
        try:
            yield bench
        finally:
            bench.delete()
        bench.check_nothing_is_left()
