"""Services as a child process, which ends with its parent, even if that is killed."""

import os
import select
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from trove_lab.local.errors import ServiceDiedError

LAST_LINES = 15
"""Lines of the log in the error when the process dies."""
STOP_TIMEOUT = 5.0
"""Seconds to wait for the process to end before it is killed."""


class ServiceProcess:
    """A Python module that runs until its standard input is closed.

    Its option ``--ready-fd`` is a file descriptor that it writes to once its API answers. ``name`` is for messages; its
    output goes to ``log``.
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
                # Ctrl-C in the terminal must reach only the lab, which then stops this process.
                start_new_session=True,
            )
        os.close(write_end)

    @property
    def pid(self) -> int:
        """The id of the process."""
        return self._process.pid

    def wait_until_ready(self, seconds: float) -> None:
        """Wait until its API answers. Raises ServiceDiedError when it dies or the wait times out."""
        deadline = time.monotonic() + seconds
        readable, _, _ = select.select([self._ready], [], [], max(0.0, deadline - time.monotonic()))
        if not readable:
            raise self._died(f"was not ready after {seconds:.0f} seconds")
        if not os.read(self._ready, 64):
            raise self._died(f"exited with status {self._process.wait(STOP_TIMEOUT)} while it started")

    def check(self) -> None:
        """Raise ServiceDiedError when the process has died."""
        if self._process.poll() is not None:
            raise self._died(f"exited with status {self._process.returncode}")

    def stop(self) -> None:
        """Stop the process; kill it if it does not end in time."""
        if self._process.stdin:
            self._process.stdin.close()
        try:
            self._process.wait(STOP_TIMEOUT)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        os.close(self._ready)

    def _died(self, what: str) -> ServiceDiedError:
        return ServiceDiedError(self._name, what, self._log, _last_lines(self._log))


def _environment() -> dict[str, str]:
    """Return the environment without variables that affect how services reach the cloud or patch themselves."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OS_")}
    environment.pop("NO_EVENTLET_MONKEYPATCH", None)
    # All their peers are on this machine: use no proxy.
    environment["NO_PROXY"] = environment["no_proxy"] = "127.0.0.1"
    # Deprecation warnings of their dependencies would fill the logs.
    environment["PYTHONWARNINGS"] = "ignore"
    return environment


def _last_lines(log: Path) -> list[str]:
    return log.read_text(errors="replace").splitlines()[-LAST_LINES:]
