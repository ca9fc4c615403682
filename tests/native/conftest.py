"""A cloud for faults, and the calls that fail."""

from collections.abc import Iterator
from functools import cache

import pytest

from native import operations
from native.bench import Call, FaultBench, Saved, record
from native.operations import CHANGES, Saves
from trove_lab.cloud.server import CloudServer
from trove_lab.conformance.minicloud import started

KINDS = ("status", "drop", "lose_answer")
"""Kinds of faults that a repeated call survives."""


@pytest.fixture(scope="session")
def server() -> Iterator[CloudServer]:
    with started() as server:
        yield server


@pytest.fixture
def bench(server: CloudServer) -> FaultBench:
    return FaultBench(server)


@pytest.fixture(scope="session")
def saved(server: CloudServer) -> Saved:
    """Return an instance that was provisioned without a fault."""
    bench = FaultBench(server)
    assert bench.provision().error is None
    return bench.save()


@pytest.fixture(scope="session")
def saves(server: CloudServer) -> Saves:
    """Return instances for the operations to start from."""
    return Saves(server)


@pytest.fixture
def provisioned(server: CloudServer, saved: Saved) -> FaultBench:
    """Return a bench whose instance exists."""
    return FaultBench(server, saved=saved)


@cache
def _recorded() -> dict[str, list[Call]]:
    # Sorted: the order of parallel steps differs from process to process.
    with started() as server:
        return {operation: sorted(calls, key=str) for operation, calls in record(server).items()}


@cache
def _recorded_changes() -> dict[str, list[Call]]:
    with started() as server:
        return operations.record(Saves(server))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Parametrize tests with the calls of a successful run, and with the kinds of faults that each call can meet.

    ``provision_call`` and ``delete_call`` are all calls; with ``kind``, each of them with each kind of fault.
    ``create_call`` are those that create something; ``provision_first`` and ``delete_first`` the first of each kind.
    ``operation`` and ``call`` are all calls of the other operations. ``change`` and ``mutating_call`` are the mutating
    calls of the operations that can be undone, ``change`` and ``call`` all calls of these operations.
    """
    wanted = set(metafunc.fixturenames)
    if {"operation", "call"} <= wanted:
        _parametrize(
            metafunc, "operation", "call", [(name, call) for name, call in _changes(tuple(_recorded_changes()))]
        )
    if {"change", "call"} <= wanted:
        _parametrize(metafunc, "change", "call", _changes(CHANGES))
    if {"change", "mutating_call"} <= wanted:
        mutating = [(name, call) for name, call in _changes(CHANGES) if call.changes]
        _parametrize(metafunc, "change", "mutating_call", mutating)
    for operation in ("provision", "delete"):
        if {f"{operation}_call", "kind"} <= wanted:
            pairs = [(call, kind) for call in _recorded()[operation] for kind in KINDS]
            ids = [f"{kind}-{call}" for call, kind in pairs]
            metafunc.parametrize((f"{operation}_call", "kind"), pairs, ids=ids)
        if f"{operation}_first" in wanted:
            first = [call for call in _recorded()[operation] if call.nth == 0]
            metafunc.parametrize(f"{operation}_first", first, ids=str)
    if "create_call" in wanted:
        creates = [call for call in _recorded()["provision"] if call.method == "POST" and call.service != "identity"]
        metafunc.parametrize("create_call", creates, ids=str)


def _changes(names: tuple[str, ...]) -> list[tuple[str, Call]]:
    return [(name, call) for name in names for call in _recorded_changes()[name]]


def _parametrize(metafunc: pytest.Metafunc, name: str, call: str, pairs: list[tuple[str, Call]]) -> None:
    metafunc.parametrize((name, call), pairs, ids=[f"{name}-{call}" for name, call in pairs])
