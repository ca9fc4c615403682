"""The operations on an existing instance, as a test runs them: with a guest that does nothing."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from taskflow.flow import Flow

from native.bench import SETTINGS, Call, FaultBench, Saved
from trove_lab.cloud.ids import seeded_uuid
from trove_lab.cloud.server import CloudServer
from trove_lab.conformance import GuestStep, Run
from trove_resources.contract import GuestHooks
from trove_resources.flows.events import Event
from trove_resources.inventory import InstanceRef
from trove_resources.settings import Settings
from trove_resources.spec import AccessSpec, FlavorSpec, RebuildSpec

MEDIUM = FlavorSpec(id=seeded_uuid("flavor-m1.medium"), name="m1.medium")
FORMER = ("0.0.0.0/0", "::/0")
OTHERS = ("198.51.100.0/24", "2001:db8::/32")
DETACHED = replace(SETTINGS, online_volume_resize=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """An operation with its arguments. Those in ``after`` ran before it."""

    ask: Callable[[FaultBench, InstanceRef], Flow]
    settings: Settings = SETTINGS
    after: tuple[str, ...] = ()


def guest(name: str, *, fails: bool = False, requires: tuple[str, ...] = ()) -> Flow:
    """Return the guest's part: a step that does nothing, or fails."""
    return GuestStep(name, fails=fails, requires=requires).flow


def around(*, fails: str = "") -> GuestHooks:
    """Return the guest's parts before and after a volume is extended. ``fails`` names the one that fails."""
    before, after = (
        guest(f"resize_volume/guest/{each}", fails=each == fails, requires=("on_line",)) for each in ("before", "after")
    )
    return GuestHooks(before=before, after=after)


def _rebuild(bench: FaultBench, ref: InstanceRef) -> Flow:
    spec = RebuildSpec(image_id=bench.site.image_id, user_data=lambda _nic: "#cloud-config\n# new\n", isolated=True)
    return bench.manager.rebuild(ref, spec)


OPERATIONS: Final[Mapping[str, Operation]] = {
    "resize_flavor": Operation(
        ask=lambda bench, ref: bench.manager.resize_flavor(ref, MEDIUM, guest("resize_flavor/guest/verify"))
    ),
    "resize_volume": Operation(ask=lambda bench, ref: bench.manager.resize_volume(ref, 3, around())),
    "resize_volume_detached": Operation(
        ask=lambda bench, ref: bench.manager.resize_volume(ref, 3, around()), settings=DETACHED
    ),
    "close": Operation(
        ask=lambda bench, ref: bench.manager.update_access(
            ref, AccessSpec(public=False, cidrs=OTHERS, former_cidrs=FORMER)
        )
    ),
    "open": Operation(
        ask=lambda bench, ref: bench.manager.update_access(
            ref, AccessSpec(public=True, cidrs=FORMER, former_cidrs=OTHERS)
        ),
        after=("close",),
    ),
    "reboot": Operation(ask=lambda bench, ref: bench.manager.reboot(ref)),
    "rebuild": Operation(ask=_rebuild),
    "migrate": Operation(ask=lambda bench, ref: bench.manager.migrate(ref, None, guest("migrate/guest/verify"))),
    "create_group": Operation(ask=lambda bench, ref: bench.manager.create_group(ref, "anti-affinity")),
    "delete_group": Operation(ask=lambda bench, ref: bench.manager.delete_group(ref), after=("create_group",)),
}

CHANGES: Final = ("resize_flavor", "resize_volume", "resize_volume_detached", "close", "open", "reboot", "migrate")
"""Operations that change the instance itself, and can be undone."""


class Saves:
    """Instances for the operations to start from, each provisioned once."""

    def __init__(self, server: CloudServer) -> None:
        self._server = server
        self._saved: dict[tuple[str, ...], Saved] = {}

    def after(self, names: tuple[str, ...]) -> Saved:
        """Return an instance that has one resource of each kind, after some operations."""
        if names not in self._saved:
            if names:
                bench = FaultBench(self._server, saved=self.after(names[:-1]))
                done = run(bench, names[-1])
            else:
                bench = FaultBench(self._server)
                done = bench.provision()
            assert done.error is None, done.error
            self._saved[names] = bench.save()
        return self._saved[names]

    def bench(self, name: str, *, timeout: float = 60.0) -> FaultBench:
        """Return a bench for an operation. No call has been made yet."""
        operation = OPERATIONS[name]
        saved = self.after(operation.after)
        return FaultBench(self._server, saved=saved, branches=1, settings=operation.settings, timeout=timeout)


def run(
    bench: FaultBench,
    name: str,
    *,
    flow: Flow | None = None,
    stop: threading.Event | None = None,
    watch: Callable[[Event], None] = lambda _event: None,
) -> Run:
    """Run an operation, or another flow instead of it, as a task of its own."""
    flow = flow or flow_of(bench, name)
    return bench.driver.attempt(flow, bench.example.next_task().owner, stop=stop, watch=watch)


def flow_of(bench: FaultBench, name: str) -> Flow:
    """Return the flow of an operation."""
    return OPERATIONS[name].ask(bench, ref_of(bench))


def ref_of(bench: FaultBench) -> InstanceRef:
    """Return what the row stores: the ids of server and data volume."""
    held = bench.held()
    data = [row["id"] for row in held["volumes"] if row["description"].startswith("datastore")]
    return bench.example.ref(server_id=held["servers"][0]["id"], volume_id=data[0])


def record(saves: Saves) -> dict[str, list[Call]]:
    """Return the calls of a successful run of each operation."""
    calls = {}
    for name in OPERATIONS:
        bench = saves.bench(name)
        flow = flow_of(bench, name)
        bench.forget_calls()
        done = run(bench, name, flow=flow)
        assert done.error is None, done.error
        calls[name] = bench.calls()
    return calls
