"""What a process takes of the machine, and what the machine is."""

import platform
from importlib import metadata
from types import TracebackType
from typing import Self

import psutil

_MIB = 1024 * 1024


class Usage:
    """CPU seconds and most memory of a process, from ``with`` to its end; ``look`` is to be called now and then."""

    memory: float
    """MiB, the most of all looks."""
    cpu_seconds: float

    def __init__(self, pid: int) -> None:
        self._process = psutil.Process(pid)
        self.memory = self.cpu_seconds = 0.0

    def __enter__(self) -> Self:
        """Begin."""
        self._began = self._cpu()
        self.look()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End. Of a process that has died what was seen last stays."""
        try:
            self.look()
        except psutil.Error:
            return

    def look(self) -> None:
        """Take a reading. Raises psutil.Error when the process is gone."""
        self.memory = max(self.memory, self._process.memory_info().rss / _MIB)
        self.cpu_seconds = self._cpu() - self._began

    def _cpu(self) -> float:
        times = self._process.cpu_times()
        return float(times.user + times.system)


def machine() -> str:
    """Return in words what everything runs on, and how busy that is with other things."""
    cores = psutil.cpu_count() or 1
    memory = psutil.virtual_memory().total / _MIB / 1024
    return (
        f"{cores} core{'s' if cores > 1 else ''} ({platform.machine()}), {memory:.0f} GiB of memory, "
        f"{platform.system()}, {platform.python_implementation()} {platform.python_version()}, "
        f"Trove {metadata.version('trove')}; its load was {psutil.getloadavg()[0]:.1f} at the beginning"
    )
