"""A native manager on minicloud with faults, and the state of the cloud before and after."""

import copy
import json
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from trove_lab.cloud.control import inventory
from trove_lab.cloud.server import CloudServer
from trove_lab.conformance import Driver, Example, Run, minicloud
from trove_resources.flows.events import Event
from trove_resources.flows.runner import BRANCHES
from trove_resources.markers import Owner
from trove_resources.native import Native
from trove_resources.settings import Settings
from trove_resources.spec import InstanceSpec

SETTINGS = Settings(
    server_seconds=60, volume_seconds=30, delete_seconds=30, move_seconds=60, revert_seconds=40, reboot_seconds=20
)
A_WHILE = 60.0
"""Seconds since anything happened to an instance that exists already."""
STATES = ("compute", "volume", "network", "dns")
"""The services of minicloud that hold resources of an instance."""
ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Call:
    """A call that a flow makes: the ``nth`` (0 is the first) of its service, method and path."""

    service: str
    method: str
    path: str
    nth: int = 0

    def fault(self, kind: str, **more: Any) -> dict[str, Any]:
        """Return the fault that this call meets."""
        where = {"service": self.service, "method": self.method, "path": self.path}
        return {**where, "kind": kind, "skip": self.nth, **more}

    @property
    def changes(self) -> bool:
        """Whether the call changes the cloud."""
        return self.method != "GET" and self.service != "identity"

    def __str__(self) -> str:
        return f"{self.method} {self.service}{self.path}" + (f" ({self.nth + 1})" if self.nth else "")


@dataclass(frozen=True, slots=True)
class Saved:
    """A provisioned instance. Restoring it saves provisioning one for each test."""

    states: dict[str, Any]
    owner: Owner


class FaultBench:
    """One instance on a freshly seeded cloud, and a session that has no token yet.

    With ``saved``, the instance exists already, and has for a while. ``timeout`` is how many seconds a service has
    to answer. With one of ``branches``, a flow makes the same calls in the same order each time.
    """

    def __init__(
        self,
        server: CloudServer,
        *,
        saved: Saved | None = None,
        timeout: float = 60.0,
        branches: int = BRANCHES,
        settings: Settings = SETTINGS,
    ) -> None:
        server.cloud.reset()
        self.cloud = server.cloud
        self.clock = minicloud.clock_of(server)
        self.driver = Driver(self.clock, branches=branches)
        self.site = minicloud.site_on(server, self.clock)
        self.example = Example(self.site)
        if saved is not None:
            self._restore(saved)
        clouds = minicloud.clouds_of(server, minicloud.session_of(server), timeout=timeout)
        self.manager = Native(clouds, settings)

    def spec(self) -> InstanceSpec:
        """Return the spec of an instance that has one resource of each kind."""
        return self.example.full_spec()

    def fault(self, rule: dict[str, Any]) -> None:
        """Add a fault."""
        with self.cloud.lock:
            self.cloud.faults.add(rule)

    def heal(self) -> None:
        """Remove all faults."""
        with self.cloud.lock:
            self.cloud.faults.remove()

    def provision(
        self,
        spec: InstanceSpec | None = None,
        *,
        stop: threading.Event | None = None,
        watch: Callable[[Event], None] = lambda _event: None,
    ) -> Run:
        """Provision the instance, or fail to."""
        flow = self.manager.provision(spec or self.spec())
        return self.driver.attempt(flow, self.example.owner, stop=stop, watch=watch)

    def delete(self, **known: Any) -> Run:
        """Delete the instance, or fail to."""
        example = self.example.next_task()
        return self.driver.attempt(self.manager.delete(example.ref(**known)), example.owner)

    def held(self) -> dict[str, list[dict[str, Any]]]:
        """Return what the cloud holds beyond its seed. Kinds without resources are left out."""
        with self.cloud.lock:
            self.cloud.run_due()
            return {kind: rows for kind, rows in inventory.view(self.cloud).items() if rows}

    def shape(self) -> Counter[str]:
        """Return what the cloud holds, without ids and addresses. It is equal for two instances of one spec."""
        names = {self.example.instance_id: "INSTANCE", self.example.owner.task_id: "TASK"}
        return Counter(f"{kind}: {_shape(row, names)}" for kind, rows in self.held().items() for row in rows)

    def calls(self) -> list[Call]:
        """Return the calls made so far."""
        counted: Counter[Call] = Counter()
        calls = []
        for entry in self.cloud.request_log:
            call = Call(entry.service, entry.method, ID.sub("*", entry.path))
            calls.append(Call(call.service, call.method, call.path, counted[call]))
            counted[call] += 1
        return calls

    def save(self) -> Saved:
        """Return the instance, and what the cloud holds."""
        with self.cloud.lock:
            self.cloud.run_due()
            states = {name: copy.deepcopy(getattr(self.cloud, name)) for name in STATES}
        return Saved(states, self.example.owner)

    def _restore(self, saved: Saved) -> None:
        with self.cloud.lock:
            for name, state in copy.deepcopy(saved.states).items():
                setattr(self.cloud, name, state)
        self.clock.sleep(A_WHILE)
        self.example = Example(self.site, saved.owner)

    def forget_calls(self) -> None:
        """Begin a new log."""
        self.cloud.request_log.clear()


_FIELDS = ("name", "description", "status", "size", "metadata", "tags", "role", "ethertype", "protocol")
_FIELDS += ("port_range_min", "port_range_max", "remote_ip_prefix", "direction", "type")


def _shape(row: dict[str, Any], names: dict[str, str]) -> str:
    text = json.dumps({name: row[name] for name in _FIELDS if name in row}, sort_keys=True)
    for value, name in names.items():
        text = text.replace(value, name)
    return text


def each_once(calls: Iterable[Call]) -> list[Call]:
    """Return the first call of each kind."""
    return [call for call in calls if call.nth == 0]


def record(server: CloudServer) -> dict[str, list[Call]]:
    """Return the calls of a successful run of each operation, by operation."""
    bench = FaultBench(server, branches=1)
    done = bench.provision()
    assert done.error is None, done.error
    calls = {"provision": bench.calls()}
    bench = FaultBench(server, branches=1)
    bench.provision()
    bench.forget_calls()
    assert bench.delete().error is None
    calls["delete"] = bench.calls()
    return calls
