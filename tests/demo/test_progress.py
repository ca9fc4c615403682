"""The progress of the demo on a terminal and elsewhere, of one manager and of several at once."""

import io
import threading
from collections.abc import Callable

import pytest
from rich.console import Console

from trove_lab.demo.job import Result
from trove_lab.demo.progress import ConsoleProgress, StatusBoard, StoppedError
from trove_lab.demo.steps import STEPS

CREATE = STEPS[0]


def shown(console: Console) -> str:
    """Return the output of a console."""
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_without_a_terminal_each_change_is_a_line_with_the_label() -> None:
    console = Console(file=io.StringIO(), width=80)
    progress = ConsoleProgress(console, label="native  ")
    progress.started(CREATE)
    for seconds in (0.1, 0.2):
        progress.waiting(CREATE, "building, database new", seconds)
    progress.waiting(CREATE, "building, database building", 0.3)
    progress.finished(Result(name="create", seconds=1.23))
    assert shown(console).splitlines() == [
        "native      0.1 s  create: building, database new",
        "native      0.3 s  create: building, database building",
        "native  ✔ create: 1.2 s",
    ]


def test_on_a_terminal_the_live_status_ends_with_the_last_step() -> None:
    console = Console(file=io.StringIO(), force_terminal=True, width=80)
    board = StatusBoard(console)
    stock, native = (ConsoleProgress(console, label=f"{name} ", board=board) for name in ("stock", "native"))
    stock.started(CREATE)
    native.started(CREATE)
    stock.waiting(CREATE, "building", 7.0)
    native.finished(Result(name="create", seconds=1.0))
    stock.finished(Result(name="create", seconds=8.0, error="the volume is stuck"))
    text = shown(console)
    assert "✔ create: 1.0 s" in text
    assert "✘ create: 8.0 s: the volume is stuck" in text
    assert text.count("\x1b[?25l") == text.count("\x1b[?25h") == 1, "the cursor is visible again"


def test_a_recording_has_the_lines_that_stay_and_no_states() -> None:
    console, recording = (Console(file=io.StringIO(), width=80) for _ in range(2))
    progress = ConsoleProgress(console, label="native  ", recording=recording)
    progress.print("Ready after 5.0 s.")
    progress.started(CREATE)
    progress.waiting(CREATE, "building", 0.1)
    progress.finished(Result(name="create", seconds=1.23))
    assert shown(recording).splitlines() == ["native  Ready after 5.0 s.", "native  ✔ create: 1.2 s"]


@pytest.mark.parametrize(
    "report",
    [
        pytest.param(lambda progress: progress.print("hello"), id="a-line"),
        pytest.param(lambda progress: progress.waiting(CREATE, "building", 1.0), id="a-state"),
        pytest.param(lambda progress: progress.finished(Result(name="create", seconds=1.0)), id="an-end"),
    ],
)
def test_a_canceled_demo_ends_when_it_next_prints(report: Callable[[ConsoleProgress], None]) -> None:
    console, stop = Console(file=io.StringIO(), width=80), threading.Event()
    progress = ConsoleProgress(console, stop=stop)
    stop.set()
    with pytest.raises(StoppedError):
        report(progress)
    assert shown(console) == ""
