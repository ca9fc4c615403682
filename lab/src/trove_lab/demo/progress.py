"""Progress of the demo: a live status line on a terminal, one line per change of state elsewhere."""

import threading

from rich.console import Console
from rich.status import Status
from rich.text import Text

from trove_lab.demo.job import Result
from trove_lab.demo.steps import Step


class StoppedError(BaseException):
    """The demo is canceled. Like KeyboardInterrupt, it is not caught by handlers of Exception."""


class StatusBoard:
    """The live status on a terminal, with a line for each manager that runs. Thread-safe."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self._lock, self._lines = threading.Lock(), dict[str, str]()
        self._status: Status | None = None

    def put(self, label: str, text: str | None) -> None:
        """Replace the text of a label; None removes it."""
        with self._lock:
            self._lines.pop(label, None)
            if text is not None:
                self._lines[label] = text
            shown = "\n  ".join(self._lines[label] for label in sorted(self._lines))
            if self._status and shown:
                self._status.update(Text(shown))
            elif self._status:
                self._status.stop()
                self._status = None
            elif shown:
                self._status = self.console.status(Text(shown))
                self._status.start()


class ConsoleProgress:
    """Prints the progress of one manager, with a label before each line when several run at once.

    Lines that stay are also printed to ``recording``. Printing raises StoppedError once ``stop`` is set.
    """

    def __init__(
        self,
        console: Console,
        *,
        label: str = "",
        board: StatusBoard | None = None,
        stop: threading.Event | None = None,
        recording: Console | None = None,
    ) -> None:
        self._console, self._recording = console, recording
        self._label, self._last_state = label, ""
        self._board, self._stop = board or StatusBoard(console), stop or threading.Event()

    def print(self, text: str, style: str = "") -> None:
        """Print a line."""
        if self._stop.is_set():
            raise StoppedError
        # As one string: other threads print too.
        line = Text.assemble(self._label, (text, style))
        self._console.print(line)
        if self._recording:
            self._recording.print(line)

    def started(self, step: Step) -> None:
        """Show the name of a step that has started."""
        self._last_state = ""
        if self._console.is_terminal:
            self._board.put(self._label, f"{self._label}{step.name} …")

    def waiting(self, step: Step, state: str, seconds: float) -> None:
        """Show the state that Trove reports: always on a terminal, elsewhere when it has changed."""
        if self._stop.is_set():
            raise StoppedError
        if self._console.is_terminal:
            self._board.put(self._label, f"{self._label}{step.name}: {state}, {seconds:.0f} s")
        elif state != self._last_state:
            self._last_state = state
            self._console.print(Text(f"{self._label}  {seconds:5.1f} s  {step.name}: {state}"))

    def clear(self) -> None:
        """Remove the live status of this manager."""
        self._board.put(self._label, None)

    def finished(self, result: Result) -> None:
        """Print the result of a step."""
        self.clear()
        mark, style = ("✔", "green") if result.ok else ("✘", "red")
        reason = f": {result.error}" if result.error else ""
        self.print(f"{mark} {result.name}: {result.seconds:.1f} s{reason}", style)
