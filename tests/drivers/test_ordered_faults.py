"""What the drivers of a real cloud read from the file of faults."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from realcloud_drivers import faults

Order = Callable[[list[dict[str, Any]]], None]


@pytest.fixture
def order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Order:
    """Return what writes the file."""
    path = tmp_path / "faults.json"
    monkeypatch.setenv(faults.FILE, str(path))
    return lambda rules: (path.write_text(json.dumps(rules)), None)[1]


def test_without_a_file_nothing_fails(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(faults.FILE, raising=False)
    faults.meet("spawn", "db1")
    monkeypatch.setenv(faults.FILE, str(tmp_path / "none.json"))
    faults.meet("spawn", "db1")


def test_a_method_fails_on_what_the_rule_names_and_on_nothing_else(order: Order) -> None:
    order([{"method": "spawn", "match": "^db1$", "error": "no power"}])
    with pytest.raises(faults.OrderedFaultError, match="spawn: no power"):
        faults.meet("spawn", "db1")
    faults.meet("spawn", "db10")
    faults.meet("reboot", "db1")


def test_a_rule_without_a_name_is_for_all_and_the_file_is_read_anew(order: Order) -> None:
    order([{"method": "reboot", "error": "stuck"}])
    with pytest.raises(faults.OrderedFaultError):
        faults.meet("reboot", "db7")
    order([])
    faults.meet("reboot", "db7")


def test_a_slow_method_takes_the_seconds_and_is_done(order: Order) -> None:
    order([{"method": "spawn", "delay": 2.5}])
    slept: list[float] = []
    faults.meet("spawn", "db1", sleep=slept.append)
    assert slept == [2.5]


def test_the_first_rule_that_fits_counts(order: Order) -> None:
    order([{"method": "spawn", "match": "db1"}, {"method": "spawn", "error": "the second"}])
    faults.meet("spawn", "db1")
    with pytest.raises(faults.OrderedFaultError, match="the second"):
        faults.meet("spawn", "db2")
