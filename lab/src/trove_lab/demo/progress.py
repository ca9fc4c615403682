"""What is happening, while it does: a line that moves on a terminal, a line a change elsewhere."""

import threading

from rich.console import Console
from rich.status import Status
from rich.text import Text

from trove_lab.demo.job import Result
from trove_lab.demo.steps import Step


class StoppedError(BaseException):
    """A demonstration is not wanted any more: like KeyboardInterrupt, nothing that handles errors should stop it."""


class Board:
    """The line that moves: what each of the demonstrations that run is at. For all threads."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self._lock, self._lines = threading.Lock(), dict[str, str]()
        self._moving: Status | None = None

    def put(self, label: str, text: str | None) -> None:
        """Show a text for a label in place of the one before; None: nothing is going on there."""
        with self._lock:
            self._lines.pop(label, None)
            if text is not None:
                self._lines[label] = text
            shown = "\n  ".join(self._lines[label] for label in sorted(self._lines))
            if self._moving and shown:
                self._moving.update(Text(shown))
            elif self._moving:
                self._moving.stop()
                self._moving = None
            elif shown:
                self._moving = self.console.status(Text(shown))
                self._moving.start()


class ConsoleProgress:
    """Says how one demonstration goes on; with a label before each line when others run beside it.

    Raises StoppedError once ``stop`` is set.
    """

    def __init__(
        self, console: Console, *, label: str = "", board: Board | None = None, stop: threading.Event | None = None
    ) -> None:
        self._console, self._label, self._said = console, label, ""
        self._board, self._stop = board or Board(console), stop or threading.Event()

    def say(self, text: str, style: str = "") -> None:
        """Print a line, which stays."""
        if self._stop.is_set():
            raise StoppedError
        # One string: a line of another thread is not to come between.
        self._console.print(Text.assemble(self._label, (text, style)))

    def began(self, step: Step) -> None:
        """Say which step comes."""
        self._said = ""
        if self._console.is_terminal:
            self._board.put(self._label, f"{self._label}{step.name} …")

    def stands(self, step: Step, state: str, seconds: float) -> None:
        """Say what Trove says."""
        if self._stop.is_set():
            raise StoppedError
        if self._console.is_terminal:
            self._board.put(self._label, f"{self._label}{step.name}: {state}, {seconds:.0f} s")
        elif state != self._said:
            self._said = state
            self.say(f"  {seconds:5.1f} s  {step.name}: {state}")

    def rest(self) -> None:
        """Take the moving line away: nothing is going on any more, for whatever reason."""
        self._board.put(self._label, None)

    def ended(self, result: Result) -> None:
        """Say how it ended."""
        self.rest()
        mark, style = ("✔", "green") if result.ok else ("✘", "red")
        self.say(f"{mark} {result.name}: {result.seconds:.1f} s" + (f": {result.error}" if result.error else ""), style)
