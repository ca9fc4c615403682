"""Trove on the emulated cloud, as a user sees it, with access to its database and to the cloud."""

import base64
import json
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Any

import yaml
from troveclient.apiclient.exceptions import UnprocessableEntity

from local import conftest as local
from trove_lab.local import records
from trove_lab.local.conf_file import Options
from trove_lab.local.records import InstanceRecord

PLUG_IN, DESIGNATE = "trove-resources/", "python-designateclient"
"""Prefixes of the user agents of the plug-in's requests: its own, and that of Trove's DNS driver."""

LOOKS = ("get_filesystem_stats", "rpc_ping")
"""Calls to a guest that only read."""

Request = dict[str, Any]
Call = tuple[str, str, str]
"""Service, method, and path with an asterisk in place of each id."""


@dataclass(frozen=True)
class Calls:
    """The plug-in's calls to the cloud."""

    create: Sequence[Call]
    delete: Sequence[Call]


@dataclass
class Deployment(local.Trove):
    """Trove: its API, its database, and the cloud below."""

    admin: Any
    """The administrator's connection to the cloud."""
    service: Any
    """Trove's own connection to the cloud."""
    operator: Any
    """The administrator's client of Trove."""

    def create(self, name: str, **given: Any) -> str:
        """Create an instance with a volume of 1 GB on demo's network, unless ``given`` differs. Return its id."""
        return str(self.send(name, **given).id)

    def send(self, name: str, **given: Any) -> Any:
        """Send a create request, and return the instance. Arguments that are None are left out."""
        usual = {
            "flavor_id": self.small,
            "volume": {"size": 1},
            "datastore": "mysql",
            "datastore_version": "8.4",
            "nics": [{"network_id": self.lab.surroundings.tenant_network_id}],
        }
        asked = {key: value for key, value in (usual | given).items() if value is not None}
        return self.client.instances.create(name, **asked)

    @property
    def small(self) -> str:
        """The id of the flavor m1.small. The ids of the seed are the same in every cloud."""
        return self.flavor("m1.small")

    def flavor(self, name: str) -> str:
        """Return the id of a flavor. The ids of the seed are the same in every cloud."""
        return str(next(each.id for each in self.lab.cloud.compute.flavors if each.name == name))

    def flavor_name(self, flavor_id: str) -> str:
        """Return the name of a flavor."""
        return str(next(each.name for each in self.lab.cloud.compute.flavors if each.id == flavor_id))

    def restart_with(self, options: Options) -> None:
        """Restart Trove with other options, in addition to those that shorten its waits."""
        hurried = self.lab.options.get("DEFAULT", {})
        self.lab.restart_trove(
            manager=self.lab.manager, options={**options, "DEFAULT": {**hurried, **options.get("DEFAULT", {})}}
        )

    # Changes of an existing instance

    def resize(self, instance_id: str, flavor: str) -> None:
        """Request another flavor, by name."""
        self.client.instances.resize_instance(instance_id, self.flavor(flavor))

    def grow(self, instance_id: str, size: int) -> None:
        """Request a data volume of ``size`` GiB."""
        self.client.instances.resize_volume(instance_id, size)

    def reboot(self, instance_id: str) -> None:
        """Request a reboot of the server, as an administrator."""
        self.operator.mgmt_instances.reboot(instance_id)

    def migrate(self, instance_id: str, host: str | None = None) -> None:
        """Request a migration to a host, or to any other host, as an administrator."""
        self.operator.mgmt_instances.migrate(instance_id, host)

    def rebuild(self, instance_id: str, image_id: str | None = None) -> None:
        """Request a rebuild with an image, or with the image of the datastore, as an administrator."""
        self.operator.mgmt_instances.rebuild(instance_id, image_id or self.lab.surroundings.image_id)

    def until_faulted(self, instance_id: str, words: str, *, seconds: float = 40) -> InstanceRecord:
        """Return the record once the instance has no task or a failed one, and the fault contains these words.

        The guest need not be healthy.
        """

        def faulted(seen: InstanceRecord) -> bool:
            return words in (seen.fault or "") and (seen.task == "NONE" or seen.task_failed)

        return self.until_record(instance_id, faulted, seconds=seconds)

    def guest_calls(self, instance_id: str) -> list[Mapping[str, str]]:
        """Return the calls to the guest of an instance, in order: ``call``, and the configuration that it received."""
        said = [line.partition(" a guest is called: ")[2] for line in self.log()]
        calls = [json.loads(each) for each in said if each]
        return [each for each in calls if each["instance_id"] == instance_id and each["call"] not in LOOKS]

    def log(self) -> list[str]:
        """Return the lines of Trove's log."""
        return (self.lab.directory / "trove.log").read_text(errors="replace").splitlines()

    def delete(self, *instance_ids: str) -> None:
        """Delete instances, and return when Trove's rows are marked deleted and the cloud holds nothing for them."""
        for instance_id in instance_ids:
            self.client.instances.delete(instance_id)
        for instance_id in instance_ids:
            self.until_deleted(instance_id)
        self.until_gone_without_a_trace(*instance_ids)

    def force_delete(self, instance_id: str) -> None:
        """Delete an instance whatever task runs for it, as Trove allows its administrators.

        Trove rejects this while Nova builds the server.
        """

        def accepted() -> bool:
            try:
                self.operator.instances.force_delete(instance_id)
            except UnprocessableEntity:
                return False
            return True

        self._until(accepted, lambda: self.record(instance_id))

    def fail_to_delete(self, instance_id: str) -> InstanceRecord:
        """Delete an instance, and return its record once the delete has failed and the fault says so."""
        self.client.instances.delete(instance_id)
        # The API has marked the row before it answered, so a failure that is seen belongs to this delete.
        return self.until_failed(instance_id, "was not deleted")

    def until_gone_without_a_trace(self, *instance_ids: str) -> None:
        """Return once the rows are marked deleted. Fail if the cloud holds anything for them."""
        for instance_id in instance_ids:
            self.until_record(instance_id, lambda seen: seen.deleted)
        # When a request arrives, all transitions that are due have ended. Nobody waits for Designate's deletes.
        self.admin.dns.get("/zones")
        left = {instance_id: self.rows_of(instance_id) for instance_id in instance_ids}
        assert not any(any(rows.values()) for rows in left.values()), left

    def rows_of(self, instance_id: str) -> dict[str, list[dict[str, Any]]]:
        """Return the resources of an instance by kind: those that contain its id, and those that belong to them."""
        inventory = self.lab.control.get("inventory")
        label = local.record_of(instance_id)
        groups = {each["id"] for each in inventory["security_groups"] if instance_id in each["name"]}
        return {
            kind: [
                each
                for each in rows
                if instance_id in str(each)
                or each.get("name", "").startswith(f"{label}.")
                or each.get("security_group_id") in groups
            ]
            for kind, rows in inventory.items()
        }

    # Trove's database

    def quota_in_use(self) -> dict[str, int]:
        """Return the quota that demo uses, as Trove counts it."""
        return dict(self._query("select resource, sum(in_use) from quota_usages group by resource"))

    def quota_not_in_rows(self) -> dict[str, int]:
        """Return the quota that Trove counts as used or reserved for demo, less what its instances have."""
        ram = {flavor.id: flavor.ram for flavor in self.lab.cloud.compute.flavors}
        rows = self._query("select flavor_id, volume_size from instances where deleted = 0")
        held = {
            "instances": len(rows),
            "ram": sum(ram[str(flavor_id)] for flavor_id, _ in rows),
            "volumes": sum(size or 0 for _, size in rows),
        }
        reserved = dict(self._query("select resource, sum(reserved) from quota_usages group by resource"))
        in_use = self.quota_in_use()
        return {name: in_use[name] - held[name] for name in held} | {
            f"{name} reserved": reserved[name] for name in held
        }

    def replicas_of(self, source: str) -> list[str]:
        """Return the ids of the replicas of an instance, sorted by name."""
        rows = self._query("select id from instances where slave_of_id = ? and deleted = 0 order by name", source)
        return [instance_id for (instance_id,) in rows]

    def until_no_replicas_of(self, source: str) -> None:
        """Return once an instance has no replicas."""
        self._until(lambda: not self.replicas_of(source), lambda: self.replicas_of(source))

    def backup_state(self, backup_id: str) -> str:
        """Return the state of a backup: ``NEW`` … ``COMPLETED``, ``FAILED``."""
        return str(self._query("select state from backups where id = ?", backup_id)[0][0])

    def until_backed_up(self, backup_id: str) -> None:
        """Return once a backup is complete."""
        self._until(lambda: self.backup_state(backup_id) == "COMPLETED", lambda: self.backup_state(backup_id))

    def until_no_backup_of(self, instance_id: str) -> None:
        """Return once an instance has no backup."""

        def backups() -> list[Any]:
            return self._query("select id, state from backups where instance_id = ? and deleted = 0", instance_id)

        self._until(lambda: not backups(), backups)

    def _query(self, query: str, *values: str) -> list[Any]:
        return [tuple(row.values()) for row in self.lab.database.query(query, *values)]

    def until_so(self, wanted: Callable[[], object], *, seconds: float = 40) -> None:
        """Return once a condition holds."""
        self._until(wanted, lambda: "waiting", seconds=seconds)

    @staticmethod
    def _until(wanted: Callable[[], object], seen: Callable[[], object], *, seconds: float = 40) -> None:
        deadline = time.monotonic() + seconds
        while not wanted():
            assert time.monotonic() < deadline, f"still {seen()} after {seconds} s"
            time.sleep(0.05)

    def record(self, instance_id: str) -> InstanceRecord:
        """Return the row of an instance. The fault is on one line: Trove wraps it."""
        record = records.read(self.lab.database, instance_id)
        assert record is not None
        return replace(record, fault=record.fault and " ".join(record.fault.split()))

    def until_record(
        self, instance_id: str, wanted: Callable[[InstanceRecord], bool], *, seconds: float = 40
    ) -> InstanceRecord:
        """Return the record once ``wanted`` accepts it."""
        self._until(lambda: wanted(self.record(instance_id)), lambda: self.record(instance_id), seconds=seconds)
        return self.record(instance_id)

    def until_settled(self, *instance_ids: str) -> list[InstanceRecord]:
        """Return the records of instances once each has no task and a healthy guest. Fail as soon as a task failed."""

        def settled(record: InstanceRecord) -> bool:
            assert not record.task_failed, record
            return record.is_settled

        return [self.until_record(instance_id, settled) for instance_id in instance_ids]

    def until_failed(self, instance_id: str, words: str) -> InstanceRecord:
        """Return the record once its task has failed and the fault contains these words."""
        return self.until_record(instance_id, lambda seen: seen.task_failed and words in (seen.fault or "\0"))

    def until_deleted(self, instance_id: str) -> InstanceRecord:
        """Return the record once the row is marked deleted. Fail as soon as the delete failed."""

        def deleted(record: InstanceRecord) -> bool:
            assert not (record.task_failed and record.fault), record
            return record.deleted

        return self.until_record(instance_id, deleted)

    def details_of_fault(self, instance_id: str) -> str:
        """Return the fault as Trove shows it to administrators. The message itself is cut after 255 characters."""
        ((details,),) = self._query("select details from instance_faults where instance_id = ?", instance_id)
        return " ".join(str(details).split())

    def notifications(self, instance_id: str) -> list[dict[str, Any]]:
        """Return the notifications of an instance, in order. With the driver ``log``, they are lines of Trove's log."""
        sent = [json.loads(line[line.index("{") :]) for line in self.log() if " oslo.messaging.notification." in line]
        return [each for each in sent if each["payload"].get("instance_id") == instance_id]

    def until_notified(self, instance_id: str, event_type: str) -> None:
        """Return once a notification of an instance has been sent."""

        def sent() -> list[str]:
            return [each["event_type"] for each in self.notifications(instance_id)]

        self._until(lambda: event_type in sent(), sent)

    # The cloud

    def fail(self, call: Call, kind: str, **rule: Any) -> None:
        """Add a fault that only the plug-in's calls meet."""
        service, method, path = call
        client = DESIGNATE if service == "dns" else PLUG_IN
        self.fault(kind=kind, service=service, method=method, path=path, user_agent=client, **rule)

    def plug_in_requests(self, after: int = 0) -> list[Request]:
        """Return the requests that the plug-in has sent after the request with this number."""
        requests = self.lab.control.get("requests", after=after)["requests"]
        return [each for each in requests if each["user_agent"].startswith((PLUG_IN, DESIGNATE))]

    @property
    def order(self) -> int:
        """The number of the latest request."""
        requests = self.requests()
        return int(requests[-1]["order"]) if requests else 0

    def faults_met(self) -> list[int]:
        """Return how many requests met each fault."""
        return [each["met"] for each in self.lab.control.get("faults")["faults"]]

    def until_met(self) -> None:
        """Return once every fault has been met."""
        self._until(lambda: all(self.faults_met()), lambda: self.lab.control.get("faults"))

    def calm(self) -> None:
        """Remove all faults of the cloud and of the guests."""
        for knob in ("faults", "guests"):
            self.lab.control.delete(knob)

    def happened_to(self, server_id: str | None) -> list[str]:
        """Return the events of a server, in order, such as ``server.active``, ``server.rebooted``."""
        events = self.lab.control.get("events")["events"]
        return [each["kind"] for each in events if each["server_id"] == server_id]

    def let_in(self, instance_id: str) -> set[tuple[Any, ...]]:
        """Return the ingress rules: protocol, ports, CIDR."""
        return {
            (rule["protocol"], rule["port_range_min"], rule["port_range_max"], rule["remote_ip_prefix"])
            for rule in self.rows_of(instance_id)["security_group_rules"]
            if rule["direction"] == "ingress"
        }

    def server_of(self, instance_id: str) -> Any:
        """Return the server of an instance as an administrator sees it, including its user data."""
        server_id = self.rows_of(instance_id)["servers"][0]["id"]
        answer = self.admin.compute.get(f"/servers/{server_id}", microversion="2.79")
        return answer.json()["server"]

    def volumes_of(self, instance_id: str) -> dict[str, Any]:
        """Return the volumes of an instance as an administrator sees them, by the first word of their description."""
        ids = [row["id"] for row in self.rows_of(instance_id)["volumes"]]
        shown = [self.admin.block_storage.get(f"/volumes/{each}").json()["volume"] for each in ids]
        return {row["description"].split()[0]: row for row in shown}

    def ports_of(self, instance_id: str) -> dict[str, Any]:
        """Return the ports of an instance, by the first word of their description."""
        return {row["description"].split()[0]: row for row in self.rows_of(instance_id)["ports"]}

    def files_of(self, instance_id: str) -> dict[str, str]:
        """Return the files that the user data of an instance's server writes, by path."""
        return {
            each["path"]: base64.b64decode(each["content"]).decode()
            for each in self.user_data_of(instance_id)["write_files"]
        }

    def user_data_of(self, instance_id: str) -> Any:
        """Return the cloud-config that the server of an instance received."""
        user_data = base64.b64decode(self.server_of(instance_id)["OS-EXT-SRV-ATTR:user_data"]).decode()
        assert user_data.startswith("#cloud-config\n")
        return yaml.safe_load(user_data)


Open = Callable[..., AbstractContextManager[Deployment]]
"""Starts a lab, given the name of its manager and options."""


def kinds(requests: Iterable[Request]) -> Sequence[Call]:
    """Return the distinct calls of requests, in order."""
    return list(dict.fromkeys((each["service"], each["method"], _starred(each["path"])) for each in requests))


def _starred(path: str) -> str:
    return "/".join("*" if len(part) == 36 and part.count("-") == 4 else part for part in path.split("/"))
