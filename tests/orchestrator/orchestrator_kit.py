"""Kit for tests of the orchestrator on minicloud and a real Heat: faults, and comparisons of the cloud's state."""

import base64
import contextlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from taskflow.flow import Flow

from heat_cloud_kit import TasksOnHeat, deadlines, known
from trove_lab.conformance import Example, Run, Site
from trove_lab.local.heat_cloud import HeatCloud
from trove_resources import markers
from trove_resources.clouds import Clouds
from trove_resources.clouds.orchestration import Orchestration, Stack, StackRef
from trove_resources.clouds.service import Json
from trove_resources.flows.events import Event
from trove_resources.inventory import InstanceRef
from trove_resources.orchestrator import Orchestrator
from trove_resources.spec import InstanceSpec, Nic

SETTINGS = deadlines(server=40, volume=20, delete=40, move=40, revert=40, reboot=20, access=30, verify=60)
PATIENCE = 60.0
"""Seconds a test waits for changes that the cloud makes on its own."""
PASSING = ("task_state", "updated_at")
"""Volatile attributes of resources."""
HIDDEN = "hide_me"
"""A tag of stacks that Heat does not list: its ``hidden_stack_tags``."""
ACCEPTED = 202
OK = (ACCEPTED, 204)
"""Status codes with which Nova and Cinder accept an action."""
RECREATED = "security_group_rules"
"""Kind of resource that is recreated with another id."""


class StockHeat(Orchestration):
    """A Heat without the types of our plug-in."""

    def has_type(self, name: str) -> bool:
        """Return whether it is one of Heat's own."""
        return name.startswith("OS::")


class HeatBench(TasksOnHeat):
    """One instance on a cloud that may have faults."""

    def __init__(self, heat_cloud: HeatCloud, site: Site, clouds: Clouds) -> None:
        super().__init__(heat_cloud, site, clouds, SETTINGS)
        self.heat = clouds.orchestration
        self.example = Example(site)
        self.row: dict[str, str | None] = {}
        """Announced results, as Trove's row would hold them."""
        self.spec = self.example.full_spec(user_data=user_data)
        self._before = self._all()

    @property
    def manager(self) -> Orchestrator:
        """The manager with the current settings."""
        return Orchestrator(self.clouds, self.settings)

    @property
    def ref(self) -> InstanceRef:
        """The reference to the instance, from its row."""
        return self.example.ref(**known(self.row))

    @property
    def name(self) -> str:
        """The stack's name."""
        return markers.resource_name(self.example.instance_id)

    @property
    def stack_ref(self) -> StackRef:
        """The stack's name and id."""
        return StackRef(name=self.name, id=str(self.row["stack_id"]))

    def configure(self, **changes: Any) -> None:
        """Change an operator's settings."""
        self.settings = replace(self.settings, **changes)

    def provision(self, spec: InstanceSpec | None = None) -> Run:
        """Provision the instance, and return the run, which may have failed."""
        run = self.driver.attempt(self.manager.provision(spec or self.spec), self.example.owner)
        self.row.update(run.results)
        return run

    def attempt(
        self, flow: Flow, *, stop: threading.Event | None = None, watch: Callable[[Event], None] = lambda _event: None
    ) -> Run:
        """Run a flow on the instance as a new task, and return the run, which may have failed."""
        run = self.driver.attempt(flow, self.example.next_task().owner, stop=stop, watch=watch)
        self.row.update(run.results)
        return run

    def delete(self) -> Run:
        """Delete the instance, and return the run, which may have failed."""
        return self.attempt(self.manager.delete(self.ref))

    def fault(self, kind: str, where: str, **more: Any) -> None:
        """Add a fault for requests to ``where`` (``compute POST /servers``). ``times`` limits it; None is no limit."""
        service, method, path = where.split()
        self.add_fault({"kind": kind, "service": service, "method": method, "path": path, **more})

    def heal(self) -> None:
        """Remove all faults, and reset all durations."""
        self.remove_faults()
        with self.cloud.lock:
            for name in self.cloud.transitions.durations:
                self.cloud.transitions.durations[name] = 0.0

    def slow(self, **seconds: float) -> None:
        """Set durations in seconds: ``server_resize=5``."""
        with self.cloud.lock:
            for name, value in seconds.items():
                self.cloud.transitions.durations[name.replace("_", ".", 1)] = value

    def asked(self, action: str) -> int:
        """Return how many actions of this name were accepted since the request log was cleared."""
        return sum(each.action == action and each.status in OK for each in self.cloud.request_log)

    @contextlib.contextmanager
    def touching(self) -> Iterator[Any]:
        """Return the locked cloud, to read or change its state directly."""
        with self.cloud.lock:
            self.cloud.run_due()
            yield self.cloud

    @property
    def stack(self) -> Stack | None:
        """The stack as Heat shows it, or None when it does not exist."""
        return next(iter(self.heat.find(self.name)), None)

    def until(self, reached: Callable[[], bool]) -> None:
        """Return once the condition is true."""
        deadline = time.monotonic() + PATIENCE
        while not reached():
            assert time.monotonic() < deadline, self.stack
            time.sleep(0.1)

    def change(self, template: Json, *, rollback: bool = False, tags: tuple[str, ...] | None = None) -> str:
        """Update the stack in Heat without the manager, and return its final status."""
        more = {"tags": ",".join(tags)} if tags else {}
        self.heat.patch(self.stack_ref, minutes=5, rollback=rollback, template=template, **more)
        seen: list[str] = []

        def ended() -> bool:
            seen.append(self.status)
            # The update is FAILED for a moment before its rollback begins.
            return not (seen[-1].endswith("IN_PROGRESS") or (rollback and seen[-1] == "UPDATE_FAILED"))

        self.until(ended)
        return seen[-1]

    def put(self, template: Json | None = None) -> None:
        """Update the stack as ``openstack stack update -t`` does: without its environment, parameters and tags."""
        heat = self.site.service.orchestration
        body = {"template": template or self.template, "timeout_mins": 5, "disable_rollback": True}
        assert heat.put(self.stack_ref.path, json=body).status_code == ACCEPTED
        self.until(lambda: not self.status.endswith("IN_PROGRESS"))

    def mark_unhealthy(self, name: str, *, unhealthy: bool = True) -> None:
        """Mark a resource of the stack, or withdraw the mark: ``openstack stack resource mark unhealthy``."""
        path = f"{self.stack_ref.path}/resources/{name}"
        body = {"mark_unhealthy": unhealthy, "resource_status_reason": "by hand"}
        assert self.site.service.orchestration.patch(path, json=body).ok
        wanted = "FAILED" if unhealthy else "COMPLETE"
        self.until(lambda: self.heat.resource(self.stack_ref, name).status == wanted)

    @property
    def status(self) -> str:
        """The stack's status, or ``gone`` when it does not exist."""
        return f"{stack.action}_{stack.status}" if (stack := self.stack) else "gone"

    @property
    def template(self) -> Json:
        """The stack's template."""
        return self.heat.template(self.stack_ref)

    def held(self) -> dict[str, list[Json]]:
        """Return the resources of the instance by kind: those that did not exist before."""
        found = {
            kind: [row for row in rows if row["id"] not in self._before] for kind, rows in self.inventory().items()
        }
        return {kind: rows for kind, rows in found.items() if rows}

    def picture(self) -> Json:
        """Return a comparable state: the resources with their ids and states, and the stack's template."""
        held = self.held()
        for kind, rows in held.items():
            for row in rows:
                for name in (*PASSING, *(("id",) if kind == RECREATED else ())):
                    row.pop(name, None)
            rows.sort(key=str)
        return {**held, "flavor": self.flavor, "template": self.template}

    @property
    def flavor(self) -> str:
        """The id of the server's flavor."""
        return next(iter(self._servers()), "")

    @property
    def size(self) -> int:
        """The data volume's size in GiB."""
        return next(int(row["size"]) for row in self.held()["volumes"] if row["description"].startswith("datastore"))

    def shape(self) -> Json:
        """Return the number of resources per kind, and the rules of the security group."""
        held = self.held()
        return {kind: len(rows) for kind, rows in held.items()} | {
            "rules": {_rule(row) for row in held["security_group_rules"]}
        }

    def ids(self) -> dict[str, list[str]]:
        """Return the ids of the server, volumes and ports, which no operation changes."""
        held = self.held()
        return {kind: sorted(row["id"] for row in held.get(kind, [])) for kind in ("servers", "volumes", "ports")}

    def check_well(self) -> None:
        """Fail unless the stack is COMPLETE and matches the cloud."""
        stack = self.stack
        assert stack is not None
        assert stack.status == "COMPLETE", (stack.action, stack.status, stack.reason)
        held, resources = self.held(), self.template["resources"]
        assert resources["server"]["properties"]["flavor"] == self.flavor
        assert [row["status"] for row in held["servers"]] == ["ACTIVE"]
        volumes = {row["description"].split()[0]: row for row in held.get("volumes", [])}
        for name, kind in (("data_volume", "datastore"), ("root_volume", "root")):
            if name in resources:
                assert resources[name]["properties"]["size"] == volumes[kind]["size"]
                assert volumes[kind]["status"] == "in-use"
        if "security_group" in resources:
            wanted = {_rule(each) for each in resources["security_group"]["properties"]["rules"]}
            assert {_rule(row) for row in held["security_group_rules"] if row["direction"] == "ingress"} == wanted
        assert ("floating_ip" in resources) == ("floating_ips" in held)
        assert ("dns_record" in resources) == ("recordsets" in held)

    def check_nothing_is_left(self) -> None:
        """Fail if Heat or the cloud still has resources of the instance."""
        assert self.status == "gone"
        assert self.held() == {}

    def _all(self) -> set[str]:
        return {row["id"] for rows in self.inventory().values() for row in rows}

    def _servers(self) -> list[str]:
        with self.touching() as cloud:
            return [
                server.flavor.id
                for server in cloud.compute.servers
                if server.deleted_at is None and server.id not in self._before
            ]


def user_data(nic: Nic | None) -> str:
    """Render user data as Trove does: a file describes the port."""
    content = base64.b64encode(json.dumps({"mac_address": nic.mac_address if nic else ""}).encode()).decode()
    return f"#cloud-config\nwrite_files:\n- encoding: b64\n  content: {content}\n  path: /etc/port\n"


def clear(bench: HeatBench) -> None:
    """Delete the instance in any state, and check that nothing is left."""
    bench.heal()
    run = bench.delete()
    assert run.error is None, run.error
    bench.check_nothing_is_left()


def _rule(row: Json) -> tuple[Any, ...]:
    names = ("protocol", "port_range_min", "port_range_max", "remote_ip_prefix", "ethertype")
    return tuple(row.get(name) for name in names)
