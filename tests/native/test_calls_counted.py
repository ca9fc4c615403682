"""How many calls an operation makes when nothing fails or takes time. It makes no more changes than stock Trove."""

from dataclasses import dataclass

import pytest

from native.operations import OPERATIONS, Saves, flow_of, run

pytestmark = pytest.mark.mini_only("requests are counted")


@dataclass(frozen=True, slots=True)
class Asked:
    """The requests of an operation."""

    changes: tuple[str, ...]
    """The mutating requests, by action or method."""
    reads: int
    """The number of other requests, without those for tokens and versions."""
    stock: int
    """The number of mutating requests of stock Trove (trove.taskmanager.models, 26.0.0)."""


ASKED = {
    "resize_flavor": Asked(("resize", "confirmResize"), 4, stock=2),
    "resize_volume": Asked(("os-extend",), 3, stock=1),
    "resize_volume_detached": Asked(("DELETE", "os-extend", "POST"), 9, stock=3),
    # Stock Trove deletes all rules, and creates one per network and range of ports, one by one.
    "close": Asked(("POST", "DELETE", "DELETE", "DELETE"), 5, stock=2 + 4 + 1),
    "open": Asked(("POST", "POST", "DELETE", "DELETE", "DELETE", "DELETE"), 6, stock=4 + 4 + 1),
    "reboot": Asked(("reboot",), 2, stock=1),
    "rebuild": Asked(("rebuild",), 4, stock=1),
    "migrate": Asked(("migrate", "confirmResize"), 4, stock=2),
    "create_group": Asked(("POST",), 1, stock=1),
    "delete_group": Asked(("DELETE",), 2, stock=1),
}


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_makes_no_more_changes_than_stock_trove_and_few_reads(saves: Saves, name: str) -> None:
    bench = saves.bench(name)
    flow = flow_of(bench, name)
    bench.forget_calls()
    assert run(bench, name, flow=flow).error is None
    asked = [entry for entry in bench.cloud.request_log if entry.service != "identity" and entry.path.strip("/")]
    changes = [entry.action or entry.method for entry in asked if entry.method != "GET"]
    reads = [entry.path for entry in asked if entry.method == "GET"]
    expected = ASKED[name]
    assert sorted(changes) == sorted(expected.changes)
    assert len(changes) <= expected.stock
    assert len(reads) == expected.reads, reads
