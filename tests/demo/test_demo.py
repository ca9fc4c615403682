"""The main job, as a user runs it."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

STEPS = [
    *("create", "resize volume", "resize flavor", "reboot"),
    *("change access", "add replica", "delete replica", "delete"),
]


def demo(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run ``trove-lab demo``."""
    command = [str(Path(sys.executable).parent / "trove-lab"), "demo", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)  # noqa: S603 - our own


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> tuple[subprocess.CompletedProcess[str], dict[str, Any]]:
    """The demo with stock Trove, and the JSON it wrote."""
    path = tmp_path_factory.mktemp("demo") / "result.json"
    process = demo("--manager", "stock", "--json", str(path))
    return process, json.loads(path.read_text()) if path.exists() else {}


@pytest.mark.timeout(300)
def test_stock_trove_does_every_step_and_leaves_nothing(
    finished: tuple[subprocess.CompletedProcess[str], dict[str, Any]],
) -> None:
    process, result = finished
    assert process.returncode == 0, process.stdout + process.stderr
    assert [(step["name"], step["ok"]) for step in result["steps"]] == [(name, True) for name in STEPS]
    assert result["manager"] == "stock"
    assert result["leftovers"] == []


def test_each_step_says_what_it_asked_of_which_service(
    finished: tuple[subprocess.CompletedProcess[str], dict[str, Any]],
) -> None:
    steps = {step["name"]: step for step in finished[1]["steps"]}
    assert {"compute", "volume", "network", "dns"} <= set(steps["create"]["calls"])
    assert all(step["seconds"] >= 0 and sum(step["calls"].values()) > 0 for step in steps.values())
    assert all(step["calls_by_plugin"] == {} for step in steps.values())


def test_it_is_shown_while_it_runs_and_as_a_table(
    finished: tuple[subprocess.CompletedProcess[str], dict[str, Any]],
) -> None:
    lines = finished[0].stdout.splitlines()
    assert any("create: building" in line for line in lines)
    assert all(any(line.startswith(f"✔ {name}: ") for line in lines) for name in STEPS)
    assert "The cloud holds nothing any more." in lines
    assert max(map(len, lines)) <= 80
    assert finished[0].stderr == ""


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--manager", "nope"], "invalid choice: 'nope'"),
        (["--durations", "slow"], "invalid choice: 'slow'"),
        (["--json", "/no/such/folder/result.json"], "'/no/such/folder/result.json' cannot be written"),
        (["--json"], "expected one argument"),
        (["--nope"], "unrecognized arguments: --nope"),
    ],
)
def test_bad_usage_is_refused_before_anything_starts(arguments: list[str], message: str) -> None:
    process = demo(*arguments)
    assert process.returncode == 2
    assert message in process.stderr
    assert process.stdout == ""
