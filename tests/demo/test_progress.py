"""What is said while demonstrations run, on a terminal and elsewhere, one alone or several beside each other."""

import io
import threading
from collections.abc import Callable

import pytest
from rich.console import Console

from trove_lab.demo.job import Result
from trove_lab.demo.progress import Board, ConsoleProgress, StoppedError
from trove_lab.demo.steps import STEPS

CREATE = STEPS[0]


def shown(console: Console) -> str:
    """Return what a console wrote."""
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_without_a_terminal_each_change_is_a_line_with_the_label() -> None:
    console = Console(file=io.StringIO(), width=80)
    progress = ConsoleProgress(console, label="native  ")
    progress.began(CREATE)
    for seconds in (0.1, 0.2):
        progress.stands(CREATE, "building, database new", seconds)
    progress.stands(CREATE, "building, database building", 0.3)
    progress.ended(Result(name="create", seconds=1.23))
    assert shown(console).splitlines() == [
        "native      0.1 s  create: building, database new",
        "native      0.3 s  create: building, database building",
        "native  ✔ create: 1.2 s",
    ]


def test_on_a_terminal_the_line_that_moves_has_all_that_is_going_on_and_ends_with_it() -> None:
    console = Console(file=io.StringIO(), force_terminal=True, width=80)
    board = Board(console)
    stock, native = (ConsoleProgress(console, label=f"{name} ", board=board) for name in ("stock", "native"))
    stock.began(CREATE)
    native.began(CREATE)
    stock.stands(CREATE, "building", 7.0)
    native.ended(Result(name="create", seconds=1.0))
    stock.ended(Result(name="create", seconds=8.0, error="the volume is stuck"))
    text = shown(console)
    assert "✔ create: 1.0 s" in text
    assert "✘ create: 8.0 s: the volume is stuck" in text
    assert text.count("\x1b[?25l") == text.count("\x1b[?25h") == 1, "the cursor is there again"


@pytest.mark.parametrize(
    "say",
    [
        pytest.param(lambda progress: progress.say("hello"), id="a-line"),
        pytest.param(lambda progress: progress.stands(CREATE, "building", 1.0), id="a-state"),
        pytest.param(lambda progress: progress.ended(Result(name="create", seconds=1.0)), id="an-end"),
    ],
)
def test_what_is_not_wanted_any_more_ends_at_its_next_word(say: Callable[[ConsoleProgress], None]) -> None:
    console, stop = Console(file=io.StringIO(), width=80), threading.Event()
    progress = ConsoleProgress(console, stop=stop)
    stop.set()
    with pytest.raises(StoppedError):
        say(progress)
    assert shown(console) == ""
