"""The steps of the demo, by python-troveclient: the request of each, and the check of its result."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from trove_lab.demo.troveclient import Client
from trove_lab.local import records
from trove_lab.local.control import Control

VOLUME, LARGER_VOLUME = 5, 8
"""GiB."""
FLAVOR, LARGER_FLAVOR = "m1.tiny", "m1.small"
CIDRS, OTHER_CIDRS = ["198.51.100.0/24", "203.0.113.0/24"], ["192.0.2.0/24"]
PORT = 3306
"""MySQL's."""


class StepError(Exception):
    """A step failed. The message is the reason."""


@dataclass
class Job:
    """What the steps share: clients, names, and the instances they created."""

    user: Client
    """The client of the tenant."""
    admin: Client
    """The client of the operator, for requests that only administrators may send."""
    control: Control
    database: records.Database
    """Trove's database."""
    network_id: str
    flavors: dict[str, str]
    """Ids of flavors by name."""
    datastore: tuple[str, str]
    """A datastore and one of its versions."""
    domain: str
    """The DNS zone of the instances, without the trailing dot."""
    unnamed: str = "native"
    """Who manages an instance whose row names no engine: ``native``, or ``stock`` Trove."""
    instances: dict[str, str] = field(default_factory=dict)
    """Ids of instances by role: ``source``, ``replica``."""

    def record(self, role: str) -> records.InstanceRecord:
        """Return an instance as Trove's database has it. Raises StepError when it has none."""
        record = records.read(self.database, self.instances[role])
        if record is None:
            raise StepError(f"instance {role} is not in Trove's database")
        return record

    def engine(self, role: str) -> str:
        """Return the engine that the row of an instance names, or ``unnamed`` when it names none."""
        return self.record(role).engine or self.unnamed

    def existing(self, roles: Sequence[str]) -> list[str]:
        """Return those of the roles that have an instance."""
        return [role for role in roles if role in self.instances]

    def held(self, kind: str) -> list[dict[str, Any]]:
        """Return the cloud's resources of a kind."""
        rows: list[dict[str, Any]] = self.control.get("inventory")[kind]
        return rows


@dataclass(frozen=True)
class Step:
    """One step: ``start`` sends its requests, ``roles`` names its instances, ``check`` verifies the result."""

    name: str
    start: Callable[[Job], None]
    roles: Sequence[str]
    check: Callable[[Job], None]
    deletes: bool = False


def _create(job: Job) -> None:
    instance = job.user.instances.create(
        "demo",
        flavor_id=job.flavors[FLAVOR],
        volume={"size": VOLUME},
        datastore=job.datastore[0],
        datastore_version=job.datastore[1],
        nics=[{"network_id": job.network_id}],
        databases=[{"name": "app"}],
        users=[{"name": "app", "password": "app", "databases": [{"name": "app"}]}],
        access={"is_public": True, "allowed_cidrs": CIDRS},
    )
    job.instances["source"] = instance.id


def _created(job: Job) -> None:
    instance = healthy(job, "source")
    expect("volume size", instance.volume["size"], VOLUME)
    expect("floating IPs", len(job.held("floating_ips")), 1)
    expect("allowed CIDRs", _allowed(job), sorted(CIDRS))
    expect("ports", len(job.held("ports")), 2)
    names = [recordset["name"] for recordset in job.held("recordsets")]
    if not any(name.endswith(f".{job.domain}.") for name in names):
        raise StepError(f"no DNS record in {job.domain}: {names}")


def _resize_volume(job: Job) -> None:
    job.user.instances.resize_volume(job.instances["source"], LARGER_VOLUME)


def _volume_resized(job: Job) -> None:
    expect("volume size", healthy(job, "source").volume["size"], LARGER_VOLUME)


def _resize_flavor(job: Job) -> None:
    job.user.instances.resize_instance(job.instances["source"], job.flavors[LARGER_FLAVOR])


def _flavor_resized(job: Job) -> None:
    expect("flavor", healthy(job, "source").flavor["id"], job.flavors[LARGER_FLAVOR])


def _reboot(job: Job) -> None:
    job.admin.mgmt_instances.reboot(job.instances["source"])


def _rebooted(job: Job) -> None:
    healthy(job, "source")
    events = [event["kind"] for event in job.control.get("events?after=0")["events"]]
    expect("reboots of the server", events.count("server.rebooted"), 1)


def _change_access(job: Job) -> None:
    job.user.instances.update(job.instances["source"], is_public=False, allowed_cidrs=OTHER_CIDRS)


def _access_changed(job: Job) -> None:
    healthy(job, "source")
    expect("floating IPs", len(job.held("floating_ips")), 0)
    expect("allowed CIDRs", _allowed(job), OTHER_CIDRS)


def _add_replica(job: Job) -> None:
    replica = job.user.instances.create(
        "demo-replica",
        nics=[{"network_id": job.network_id}],
        replica_of=job.instances["source"],
    )
    job.instances["replica"] = replica.id


def _replica_added(job: Job) -> None:
    expect("replica of", healthy(job, "replica").replica_of["id"], job.instances["source"])


def _delete(role: str) -> Callable[[Job], None]:
    return lambda job: job.user.instances.delete(job.instances[role])


def _deleted(role: str) -> Callable[[Job], None]:
    def check(job: Job) -> None:
        listed = [instance.id for instance in job.user.instances.list()]
        expect("is in the list", job.instances[role] in listed, wanted=False)

    return check


STEPS: Sequence[Step] = (
    Step("create", _create, ["source"], _created),
    Step("resize volume", _resize_volume, ["source"], _volume_resized),
    Step("resize flavor", _resize_flavor, ["source"], _flavor_resized),
    Step("reboot", _reboot, ["source"], _rebooted),
    Step("change access", _change_access, ["source"], _access_changed),
    Step("add replica", _add_replica, ["replica"], _replica_added),
    Step("delete replica", _delete("replica"), ["replica"], _deleted("replica"), deletes=True),
    Step("delete", _delete("source"), ["source"], _deleted("source"), deletes=True),
)


def healthy(job: Job, role: str) -> Any:
    """Return the instance as the tenant sees it. Raises StepError unless it is ACTIVE and HEALTHY."""
    instance = job.user.instances.get(job.instances[role])
    expect("status", (instance.status, instance.operating_status), ("ACTIVE", "HEALTHY"))
    return instance


def _allowed(job: Job) -> list[str]:
    """Return the CIDRs that may connect to the database's port."""
    prefixes = [
        rule["remote_ip_prefix"]
        for rule in job.held("security_group_rules")
        if rule["direction"] == "ingress" and rule["port_range_min"] == PORT
    ]
    return sorted(prefixes)


def expect(what: str, actual: object, wanted: object) -> None:
    """Raise StepError unless the two are equal."""
    if actual != wanted:
        raise StepError(f"{what}: expected {wanted!r}, got {actual!r}")
