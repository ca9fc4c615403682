"""Processes: started in a session of their own, found again by their pid, and stopped.

The kernel reuses pids, so a process is identified by its pid and its start time.
"""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from realcloud.errors import RealCloudError
from realcloud.home import Home

POLL_INTERVAL: Final = 0.1
"""Seconds."""
STOP_TIMEOUT: Final = 10.0
"""Seconds that a process has to exit before it is killed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """How to run a service."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    """Added to the inherited environment."""
    is_ready: Callable[[], bool] = lambda: True
    """Whether it accepts requests. Services without such a check are checked through an API, in ``readiness``."""


@dataclass(frozen=True, slots=True)
class Process:
    """A process, running or not."""

    pid: int
    start_time: int
    """In clock ticks since boot."""


class Processes:
    """The processes of one cloud."""

    def __init__(self, home: Home) -> None:
        self._home = home

    def start(self, service: Service) -> None:
        """Start a service and append its output to its log. Raises RealCloudError if it is not installed."""
        try:
            started = self._spawn(service)
        except FileNotFoundError as error:
            raise RealCloudError(f"{service.name} is not installed: run python -m realcloud start first") from error
        # The service outlives this process and is not waited for. With a return code, Popen does not warn about that.
        started.returncode = 0
        self._pid_file(service.name).write_text(f"{started.pid} {_start_time(started.pid)}")

    def _spawn(self, service: Service) -> subprocess.Popen[bytes]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("OS_")}
        with self._home.log(service.name).open("ab") as log:
            return subprocess.Popen(  # noqa: S603 - our own commands
                list(service.command),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**inherited, **service.environment},
                cwd=self._home.data,
                start_new_session=True,
            )

    def find(self, name: str) -> Process | None:
        """Return the process of a service, or None if it does not run."""
        process = self._from_pid_file(name)
        return process if process and _alive(process) else None

    def has_crashed(self, name: str) -> bool:
        """Return whether a service was started, and has exited although it was not stopped."""
        return self._from_pid_file(name) is not None and self.find(name) is None

    def stop(self, names: Sequence[str]) -> list[str]:
        """Stop services in parallel, and return those that had to be killed."""
        running = {name: process_tree(found.pid) for name in names if (found := self.find(name))}
        for name in running:
            _signal(running[name][:1], signal.SIGTERM)
        deadline = time.monotonic() + STOP_TIMEOUT
        while any(_alive(process) for each in running.values() for process in each) and time.monotonic() < deadline:
            time.sleep(POLL_INTERVAL)
        killed = [name for name, each in running.items() if any(map(_alive, each))]
        for name in killed:
            _signal(running[name], signal.SIGKILL)
        while any(_alive(process) for name in killed for process in running[name]):
            time.sleep(POLL_INTERVAL)
        for name in names:
            self._pid_file(name).unlink(missing_ok=True)
        return killed

    def kill(self, name: str) -> None:
        """Kill a service and its children without warning, as if its machine had died. It then counts as crashed."""
        found = self.find(name)
        if found:
            processes = process_tree(found.pid)
            _signal(processes, signal.SIGKILL)
            while any(map(_alive, processes)):
                time.sleep(POLL_INTERVAL)

    def _from_pid_file(self, name: str) -> Process | None:
        path = self._pid_file(name)
        if not path.exists():
            return None
        # The file is empty if the machine lost power. No process has a start time of -1.
        pid, start_time = map(int, path.read_text().split() or (0, -1))
        return Process(pid, start_time)

    def _pid_file(self, name: str) -> Path:
        return self._home.run / f"{name}.pid"


def process_tree(pid: int) -> list[Process]:
    """Return a process and all its descendants."""
    children: dict[int, list[int]] = {}
    for each, parent in _parents():
        children.setdefault(parent, []).append(each)
    found, pending = [], [pid]
    while pending:
        each = pending.pop()
        found.append(Process(each, _start_time(each)))
        pending += children.get(each, [])
    return found


def memory(pid: int) -> int:
    """Return the memory of a process and its descendants, in bytes. Shared memory counts by its share."""
    return sum(_proportional_set_size(each.pid) for each in process_tree(pid))


def _signal(processes: Sequence[Process], number: int) -> None:
    for process in processes:
        if _alive(process):
            os.kill(process.pid, number)


def _alive(process: Process) -> bool:
    return process.start_time == _start_time(process.pid) != 0


def _parents() -> Iterator[tuple[int, int]]:
    for directory in Path("/proc").glob("[0-9]*"):
        fields = _stat(int(directory.name))
        if fields:
            yield int(directory.name), int(fields[1])


def _start_time(pid: int) -> int:
    """Return the start time of a process in clock ticks since boot, or 0 if it has exited or does not exist."""
    # An exited service is a zombie child until this process exits. But a zombie with more than one thread has lost only
    # its first one: the others may go on running and hold its ports.
    fields = _stat(pid)
    has_exited = not fields or (fields[0] == "Z" and int(fields[17]) == 1)
    return 0 if has_exited else int(fields[19])


def _stat(pid: int) -> list[str]:
    """Return the fields of ``/proc/PID/stat`` after the name, which may contain spaces and parentheses."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _proportional_set_size(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
