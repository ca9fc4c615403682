"""Memory and CPU of a process, and a description of the machine."""

import platform
from importlib import metadata
from types import TracebackType
from typing import Self

import psutil

_MIB = 1024 * 1024


class Usage:
    """A context manager that measures CPU seconds and peak memory of a process. Call ``read`` regularly."""

    memory: float
    """MiB, the largest of all readings."""
    cpu_seconds: float

    def __init__(self, pid: int) -> None:
        self._process = psutil.Process(pid)
        self.memory = self.cpu_seconds = 0.0

    def __enter__(self) -> Self:
        """Take the first reading."""
        self._began = self._cpu()
        self.read()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take the last reading. If the process has died, the previous reading remains."""
        try:
            self.read()
        except psutil.Error:
            return

    def read(self) -> None:
        """Take a reading. Raises psutil.Error if the process does not exist any more."""
        self.memory = max(self.memory, self._process.memory_info().rss / _MIB)
        self.cpu_seconds = self._cpu() - self._began

    def _cpu(self) -> float:
        times = self._process.cpu_times()
        return float(times.user + times.system)


def machine() -> str:
    """Return a description of the machine, including its load average."""
    cores = psutil.cpu_count() or 1
    memory = psutil.virtual_memory().total / _MIB / 1024
    return (
        f"{cores} core{'s' if cores > 1 else ''} ({platform.machine()}), {memory:.0f} GiB of memory, "
        f"{platform.system()}, {platform.python_implementation()} {platform.python_version()}, "
        f"Trove {metadata.version('trove')}; load average {psutil.getloadavg()[0]:.1f} at the start"
    )
