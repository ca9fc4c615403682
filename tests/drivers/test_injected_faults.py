"""The faults that the drivers of a real cloud read from a file."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from realcloud_drivers import faults

Inject = Callable[[list[dict[str, Any]]], None]


@pytest.fixture
def inject(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Inject:
    """Return a function that writes the file."""
    path = tmp_path / "faults.json"
    monkeypatch.setenv(faults.FILE, str(path))
    return lambda rules: (path.write_text(json.dumps(rules)), None)[1]


def test_without_a_file_nothing_fails(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(faults.FILE, raising=False)
    faults.apply("spawn", "db1")
    monkeypatch.setenv(faults.FILE, str(tmp_path / "none.json"))
    faults.apply("spawn", "db1")


def test_a_method_fails_only_for_the_names_that_the_rule_matches(inject: Inject) -> None:
    inject([{"method": "spawn", "match": "^db1$", "error": "no power"}])
    with pytest.raises(faults.InjectedFaultError, match="spawn: no power"):
        faults.apply("spawn", "db1")
    faults.apply("spawn", "db10")
    faults.apply("reboot", "db1")


def test_a_rule_without_a_match_applies_to_all_and_the_file_is_read_each_time(inject: Inject) -> None:
    inject([{"method": "reboot", "error": "stuck"}])
    with pytest.raises(faults.InjectedFaultError):
        faults.apply("reboot", "db7")
    inject([])
    faults.apply("reboot", "db7")


def test_a_delayed_method_succeeds_after_the_delay(inject: Inject) -> None:
    inject([{"method": "spawn", "delay": 2.5}])
    slept: list[float] = []
    faults.apply("spawn", "db1", sleep=slept.append)
    assert slept == [2.5]


def test_the_first_matching_rule_applies(inject: Inject) -> None:
    inject([{"method": "spawn", "match": "db1"}, {"method": "spawn", "error": "the second"}])
    faults.apply("spawn", "db1")
    with pytest.raises(faults.InjectedFaultError, match="the second"):
        faults.apply("spawn", "db2")
