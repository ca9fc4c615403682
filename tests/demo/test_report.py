"""The tables, of made-up outcomes: real runs seldom fail."""

import io

import pytest
from rich.console import Console

from trove_lab.demo import report
from trove_lab.demo.job import Outcome, Result
from trove_lab.demo.measure import Calls
from trove_lab.demo.steps import STEPS

CALLS = Calls(by_trove={"compute": 120, "network": 30}, reads={"compute": 100}, status_reads=90)
WELL = [Result(name=step.name, seconds=123.44, calls=CALLS) for step in STEPS]
FAILED = [
    Result(name="create", seconds=3.0, calls=CALLS),
    Result(name="resize volume", seconds=300.12, calls=CALLS, error="the volume is stuck"),
    Result(name="delete", seconds=1.0, calls=CALLS),
]
LEFT = [{"kind": "ports", "id": "port-1", "name": "[red]trove", "status": None}]


def compared(*outcomes: Outcome) -> list[str]:
    """Return the lines that compare several managers, on a wide screen."""
    console = Console(file=io.StringIO(), width=200)
    report.compare(console, outcomes)
    assert isinstance(console.file, io.StringIO)
    return [line.rstrip() for line in console.file.getvalue().splitlines()]


def cells(lines: list[str], step: str) -> list[str]:
    (row,) = [line for line in lines if line.startswith(f"{step}  ")]
    return row.removeprefix(step).split()


def test_three_managers_fit_on_100_characters_however_long_their_steps_take() -> None:
    names = ("stock", "native", "orchestrator")
    lines = compared(*(Outcome(manager=name, results=WELL, left=[]) for name in names))
    assert max(map(len, lines)) <= 100
    assert all(name in " ".join(lines) for name in names)
    assert cells(lines, "create") == ["123.4", "150"] * 3


def test_the_requests_of_heat_are_counted_apart() -> None:
    calls = Calls(by_trove={"orchestration": 4}, by_plugin={"orchestration": 3}, by_heat={"compute": 7, "network": 30})
    outcome = Outcome(manager="orchestrator", results=[Result(name="create", seconds=1.0, calls=calls)], left=[])
    assert report.as_json(outcome)["steps"][0]["calls_by_heat"] == {"compute": 7, "network": 30}
    lines = compared(Outcome(manager="stock", results=WELL, left=[]), outcome)
    assert cells(lines, "create") == ["123.4", "150", "1.0", "4"]
    assert "orchestrator: Heat sent 37 requests to the cloud in addition." in lines
    assert not any(line.startswith("stock: Heat") for line in lines)
    console = Console(file=io.StringIO(), width=80)
    report.show(console, outcome)
    assert isinstance(console.file, io.StringIO)
    shown = console.file.getvalue().splitlines()
    assert ["step", "secs", "calls", "plugin", "heat", "stacks", "other"] in [line.split() for line in shown]
    assert cells(shown, "create") == ["1.0", "4", "3", "37", "4", "0"]
    assert shown[-4:] == [
        "calls: requests of Trove to the cloud, in all and by service",
        "plugin: those of them that the plug-in sent",
        "heat: requests of Heat to the cloud, in addition",
        "Nothing is left in the cloud.",
    ]


def test_the_table_of_one_manager_fits_on_80_characters_with_all_columns() -> None:
    services = ("orchestration", "compute", "volume", "network", "dns", "image", "object_store", "identity")
    calls = Calls(by_trove=dict.fromkeys(services, 100), by_plugin={"orchestration": 100}, by_heat={"compute": 200})
    results = [Result(name=step.name, seconds=123.44, calls=calls) for step in STEPS]
    console = Console(file=io.StringIO(), width=80)
    report.show(console, Outcome(manager="orchestrator", results=results, left=[]))
    assert isinstance(console.file, io.StringIO)
    shown = console.file.getvalue().splitlines()
    rows = [line.split()[-10:] for line in shown if line.rstrip().endswith("300")]
    assert rows == [["123.4", "800", "100", "200", *["100"] * 5, "300"]] * len(STEPS)


def test_the_engines_of_the_instances_are_shown_when_they_change_and_fit_on_120_characters() -> None:
    services = ("orchestration", "compute", "volume", "network", "dns", "image", "object_store", "identity")
    calls = Calls(by_trove=dict.fromkeys(services, 100), by_plugin={"orchestration": 100}, by_heat={"compute": 200})
    engines = [{"old-1": "stock"}, {"old-1": "native"}, {"old-1": "native", "new-1": "orchestrator"}]
    results = [
        Result(name=f"resize the {number}", seconds=123.44, calls=calls, engines=each)
        for number, each in enumerate(engines)
    ]
    console = Console(file=io.StringIO(), width=120)
    report.show(console, Outcome(manager="migration", results=results, left=[]), "An upgrade")
    assert isinstance(console.file, io.StringIO)
    shown = console.file.getvalue().splitlines()
    assert shown[0].rstrip() == "An upgrade (resource manager: migration)"
    rows = [line.split("123.4")[0].split(maxsplit=3)[-1].strip() for line in shown if "123.4" in line]
    assert rows == ["stock", "native", "native, orchestrator"]
    assert report.as_json(Outcome(manager="migration", results=results, left=[]))["steps"][2]["engines"] == engines[2]


def test_a_failed_step_is_marked_and_later_ones_are_not_run() -> None:
    well = Outcome(manager="stock", results=WELL, left=[])
    lines = compared(Outcome(manager="native", results=FAILED, left=[]), well)
    assert cells(lines, "resize volume") == ["✘", "300.1", "150", "123.4", "150"]
    assert cells(lines, "reboot") == ["not", "run", "123.4", "150"]
    assert cells(lines, "delete") == ["1.0", "150", "123.4", "150"]


def test_leftovers_are_shown_by_manager() -> None:
    well = Outcome(manager="stock", results=WELL, left=[])
    lines = compared(well, Outcome(manager="native", results=WELL, left=LEFT))
    assert lines[-3:] == [
        "stock: nothing is left in the cloud.",
        "native: left in the cloud: 1",
        "  ports: port-1 [red]trove",
    ]


@pytest.mark.parametrize(
    ("outcome", "ok", "reason"),
    [
        (Outcome(manager="native", results=WELL, left=[]), True, "all steps succeeded"),
        (Outcome(manager="native", results=FAILED, left=[]), False, "a step failed"),
        (Outcome(manager="native", results=WELL, left=LEFT), False, "something is left"),
    ],
)
def test_an_outcome_is_ok_when_every_step_is_and_nothing_is_left(outcome: Outcome, ok: bool, reason: str) -> None:
    assert outcome.ok is ok, reason


def test_the_json_of_a_failed_step_has_the_reason() -> None:
    steps = report.as_json(Outcome(manager="native", results=FAILED, left=LEFT))["steps"]
    assert [(step["ok"], step.get("error")) for step in steps] == [
        (True, None),
        (False, "the volume is stuck"),
        (True, None),
    ]
