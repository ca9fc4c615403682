"""A running lab, its clients, and healthy instances."""

import base64
import hashlib
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from openstack.config import OpenStackConfig

with warnings.catch_warnings():
    # Trove and its client import eventlet, which warns at its first import.
    warnings.simplefilter("ignore")
    import trove.guestagent.datastore.mysql_common.manager
    from troveclient.apiclient.exceptions import NotFound
    from troveclient.v1.client import Client

from trove_lab.local.lab import Lab

HURRY = {
    "DEFAULT": {
        "usage_sleep_time": "1",
        "usage_timeout": "25",
        "agent_call_low_timeout": "3",
        "server_delete_time_out": "4",
    }
}
"""Options that shorten the waits of Trove. There are no others."""

SPARES = 7
"""Instances for the tests of faults, which break them."""


@dataclass
class Trove:
    """Trove for the user ``demo``, and the control API of its cloud."""

    lab: Lab
    client: Any

    def create(self, name: str, **given: Any) -> str:
        """Request an instance with a volume of 1 GB. Return its id."""
        return str(
            self.client.instances.create(
                name,
                flavor_id=self.flavor("m1.small"),
                volume={"size": 1},
                datastore="mysql",
                datastore_version="8.4",
                nics=[{"network_id": self.lab.surroundings.tenant_network_id}],
                **given,
            ).id
        )

    def flavor(self, name: str) -> str:
        """Return the id of a flavor."""
        return str(next(each.id for each in self.client.flavors.list() if each.name == name))

    def show(self, instance_id: str) -> Any:
        """Return an instance."""
        return self.client.instances.get(instance_id)

    def until(self, instance_id: str, wanted: Callable[[Any], bool], *, seconds: float = 40) -> Any:
        """Wait until ``wanted`` is true of the instance. Return the instance."""
        deadline = time.monotonic() + seconds
        while not wanted(seen := self.show(instance_id)):
            assert time.monotonic() < deadline, f"still {seen.status}/{seen.operating_status} after {seconds} s"
            time.sleep(0.1)
        return seen

    def until_healthy(self, instance_id: str) -> Any:
        """Wait until Trove has finished its task and the guest is healthy. Return the instance."""
        return self.until(instance_id, lambda seen: (seen.status, seen.operating_status) == ("ACTIVE", "HEALTHY"))

    def until_gone(self, instance_id: str, *, seconds: float = 40) -> None:
        """Wait until Trove no longer shows the instance."""
        with pytest.raises(NotFound):
            self.until(instance_id, lambda _: False, seconds=seconds)

    def of(self, instance_id: str) -> dict[str, int]:
        """Return the number of an instance's resources in the cloud by kind, without kinds it has none of."""
        return {kind: len(rows) for kind, rows in self.rows_of(instance_id).items() if rows}

    def rows_of(self, instance_id: str) -> dict[str, list[dict[str, Any]]]:
        """Return an instance's resources in the cloud by kind. They are found by Trove's names, or by their owner."""
        inventory = self.lab.control.get("inventory")
        names = {instance_id, record_of(instance_id)}
        groups = {each["id"] for each in inventory["security_groups"] if instance_id in each["name"]}
        return {
            kind: [each for each in rows if names & _names(each) or each.get("security_group_id") in groups]
            for kind, rows in inventory.items()
        }

    def requests(self) -> list[dict[str, Any]]:
        """Return the requests in the cloud's log."""
        requests: list[dict[str, Any]] = self.lab.control.get("requests")["requests"]
        return requests

    def fault(self, **rule: Any) -> None:
        """Add a fault to the cloud."""
        self.lab.control.post("faults", rule)

    def misbehave(self, kind: str, instance_id: str, **rule: Any) -> None:
        """Configure a guest to misbehave."""
        self.lab.control.post("guests", {"kind": kind, "instance": instance_id, **rule})


def record_of(instance_id: str) -> str:
    """Return the first label of an instance's DNS name. Source: ``DesignateInstanceEntryFactory``."""
    digest = hashlib.md5(instance_id.encode(), usedforsecurity=False).digest()
    return base64.b32encode(digest)[:11].lower().decode()


def _names(row: dict[str, Any]) -> set[str]:
    """Return the parts of a row of the inventory that may be an instance's id or the label of its DNS name."""
    metadata = row.get("metadata") or {}
    name = row.get("name") or ""
    return {name[-36:], name.split(".")[0], metadata.get("trove_instance_id", "")}


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """One lab for all tests, because it takes seconds to start."""
    with Lab(tmp_path_factory.mktemp("lab"), options=HURRY) as started:
        yield started


@pytest.fixture(scope="session")
def trove_of_session(lab: Lab) -> Trove:
    """Trove in this lab."""
    config = OpenStackConfig(config_files=[str(lab.clouds_yaml)]).get_one("demo")
    return Trove(lab, Client(session=config.get_session(), service_type="database", region_name="RegionOne"))


@pytest.fixture
def trove(trove_of_session: Trove) -> Iterator[Trove]:
    """Trove on a cloud without faults, until the test adds some."""
    yield trove_of_session
    for knob in ("faults", "guests"):
        trove_of_session.lab.control.delete(knob)


@pytest.fixture(scope="session")
def healthy(trove_of_session: Trove) -> Callable[[], str]:
    """Return a function that returns another healthy instance. They are created together, which takes no longer."""
    ids = [trove_of_session.create(f"spare-{number}") for number in range(SPARES)]
    spares = iter(ids)
    return lambda: str(trove_of_session.until_healthy(next(spares)).id)
