"""Services as a child process, which ends with the process that started it, however that ends."""

import os
import select
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from trove_lab.local.errors import ServiceDiedError

LAST_LINES = 15
"""Lines of the log that are shown when the process dies."""
FAREWELL = 5.0
"""Seconds the process has to end by itself."""


class ServiceProcess:
    """A Python module that runs until its standard input is closed.

    It is told ``--ready-fd``: a file descriptor to write to once it answers. ``name`` is for messages; what it writes
    goes to ``log``.
    """

    def __init__(self, module: str, arguments: Sequence[str], *, name: str, log: Path) -> None:
        self._name, self._log = name, log
        read_end, write_end = os.pipe()
        self._ready = read_end
        with log.open("ab") as out:
            self._process = subprocess.Popen(  # noqa: S603 - our own module
                [sys.executable, "-m", module, *arguments, "--ready-fd", str(write_end)],
                stdin=subprocess.PIPE,
                stdout=out,
                stderr=out,
                pass_fds=(write_end,),
                env=_environment(),
                # A Ctrl-C of the terminal is for the lab, which stops this process itself.
                start_new_session=True,
            )
        os.close(write_end)

    @property
    def pid(self) -> int:
        """The id of the process."""
        return self._process.pid

    def wait_until_ready(self, seconds: float) -> None:
        """Return once its API answers. Raises ServiceDiedError when it does not in time."""
        deadline = time.monotonic() + seconds
        readable, _, _ = select.select([self._ready], [], [], max(0.0, deadline - time.monotonic()))
        if not readable:
            raise self._died(f"was not ready after {seconds:.0f} seconds")
        if not os.read(self._ready, 64):
            raise self._died(f"ended with status {self._process.wait(FAREWELL)} while it started")

    def check(self) -> None:
        """Raise ServiceDiedError when the process has ended."""
        if self._process.poll() is not None:
            raise self._died(f"ended with status {self._process.returncode}")

    def stop(self) -> None:
        """End the process, if need be by force."""
        if self._process.stdin:
            self._process.stdin.close()
        try:
            self._process.wait(FAREWELL)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        os.close(self._ready)

    def _died(self, what: str) -> ServiceDiedError:
        return ServiceDiedError(self._name, what, self._log, _last_lines(self._log))


def _environment() -> dict[str, str]:
    """Return the environment without what would change how services talk to the cloud or patch themselves."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OS_")}
    environment.pop("NO_EVENTLET_MONKEYPATCH", None)
    # Everything they talk to is on this machine, wherever a proxy may be.
    environment["NO_PROXY"] = environment["no_proxy"] = "127.0.0.1"
    # Deprecations of their own dependencies fill their logs.
    environment["PYTHONWARNINGS"] = "ignore"
    return environment


def _last_lines(log: Path) -> list[str]:
    return log.read_text(errors="replace").splitlines()[-LAST_LINES:]
