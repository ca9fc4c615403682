"""One process: started in a session of its own, found again by its pid, and ended.

A pid may be given again; with the time the kernel says the process began there is only one.
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

GLANCE: Final = 0.1
"""Seconds between two looks at a process."""
PATIENCE: Final = 10.0
"""Seconds a process has to end before it is killed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """How a service is run."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    """Beside what a service inherits."""
    is_ready: Callable[[], bool] = lambda: True
    """Whether it takes requests. Where only its messages could tell it is asked for through an API, later."""


@dataclass(frozen=True, slots=True)
class Process:
    """A process that runs, or is said to."""

    pid: int
    began: int
    """In ticks since the machine started."""


class Processes:
    """The processes of one cloud."""

    def __init__(self, home: Home) -> None:
        self._home = home

    def start(self, service: Service) -> None:
        """Start a service; what it prints goes to the end of its log. Raises RealCloudError: it is not installed."""
        try:
            started = self._spawn(service)
        except FileNotFoundError as error:
            raise RealCloudError(f"{service.name} is not installed: python -m realcloud start") from error
        # It outlives this process, in which nobody waits for it: Popen need not complain.
        started.returncode = 0
        self._file(service.name).write_text(f"{started.pid} {_began(started.pid)}")

    def _spawn(self, service: Service) -> subprocess.Popen[bytes]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("OS_")}
        with self._home.log(service.name).open("ab") as log:
            return subprocess.Popen(  # noqa: S603 - commands of ours
                list(service.command),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**inherited, **service.environment},
                cwd=self._home.data,
                start_new_session=True,
            )

    def find(self, name: str) -> Process | None:
        """Return the process of a service, if it runs."""
        said = self._said(name)
        return said if said and _alive(said) else None

    def has_crashed(self, name: str) -> bool:
        """Say whether a service was started, and has ended without being asked to."""
        return self._said(name) is not None and self.find(name) is None

    def stop(self, names: Sequence[str]) -> list[str]:
        """End services, all at once, and return those that had to be killed."""
        running = {name: family(found.pid) for name in names if (found := self.find(name))}
        for name in running:
            _send(running[name][:1], signal.SIGTERM)
        deadline = time.monotonic() + PATIENCE
        while any(_alive(process) for each in running.values() for process in each) and time.monotonic() < deadline:
            time.sleep(GLANCE)
        killed = [name for name, each in running.items() if any(map(_alive, each))]
        for name in killed:
            _send(running[name], signal.SIGKILL)
        while any(_alive(process) for name in killed for process in running[name]):
            time.sleep(GLANCE)
        for name in names:
            self._file(name).unlink(missing_ok=True)
        return killed

    def kill(self, name: str) -> None:
        """End a service and its children at once, as a machine that dies does. It then counts as crashed."""
        found = self.find(name)
        if found:
            processes = family(found.pid)
            _send(processes, signal.SIGKILL)
            while any(map(_alive, processes)):
                time.sleep(GLANCE)

    def _said(self, name: str) -> Process | None:
        path = self._file(name)
        if not path.exists():
            return None
        # Nothing stands in it when the machine lost its power: none began before the first tick.
        pid, began = map(int, path.read_text().split() or (0, -1))
        return Process(pid, began)

    def _file(self, name: str) -> Path:
        return self._home.run / f"{name}.pid"


def family(pid: int) -> list[Process]:
    """Return a process and all its descendants."""
    children: dict[int, list[int]] = {}
    for each, parent in _parents():
        children.setdefault(parent, []).append(each)
    found, look = [], [pid]
    while look:
        each = look.pop()
        found.append(Process(each, _began(each)))
        look += children.get(each, [])
    return found


def memory(pid: int) -> int:
    """Return the bytes a process and its descendants have, shared ones by their share."""
    return sum(_proportional_set_size(each.pid) for each in family(pid))


def _send(processes: Sequence[Process], number: int) -> None:
    for process in processes:
        if _alive(process):
            os.kill(process.pid, number)


def _alive(process: Process) -> bool:
    return process.began == _began(process.pid) != 0


def _parents() -> Iterator[tuple[int, int]]:
    for directory in Path("/proc").glob("[0-9]*"):
        fields = _stat(int(directory.name))
        if fields:
            yield int(directory.name), int(fields[1])


def _began(pid: int) -> int:
    """Return when a process began, in ticks; 0 when there is none, or nobody has looked at its end yet."""
    # Ours are children until this process ends, and stay as zombies until somebody looks. A zombie with other threads
    # has lost the first one: they may go on, and hold its ports.
    fields = _stat(pid)
    has_ended = not fields or (fields[0] == "Z" and int(fields[17]) == 1)
    return 0 if has_ended else int(fields[19])


def _stat(pid: int) -> list[str]:
    """Return the fields of ``/proc/PID/stat`` after the name, which may have anything in it."""
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
