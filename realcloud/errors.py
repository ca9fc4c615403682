"""The errors of the real cloud.

RealCloudError
├── MachineError     this machine cannot run the cloud
├── PortInUseError   another program listens on a port that a service needs
├── CommandError     a command failed: an installation, a schema, a seed
└── ServiceError     a service exited, or was not ready in time
"""

from collections.abc import Sequence
from pathlib import Path

TAIL = 20
"""Lines of the log that an error message includes."""


class RealCloudError(Exception):
    """The cloud cannot run. The message is for the user of the command."""


class MachineError(RealCloudError):
    """This machine cannot run the cloud."""


class PortInUseError(RealCloudError):
    """Another program listens on a port that a service needs."""

    def __init__(self, port: int, service: str, program: str) -> None:
        super().__init__(f"port {port} on 127.0.0.1, which {service} needs, is in use by {program}")


class CommandError(RealCloudError):
    """A command failed."""

    def __init__(self, command: Sequence[str], code: int, log: Path) -> None:
        super().__init__(f"{' '.join(command)} exited with {code}; {tail(log)}")


class ServiceError(RealCloudError):
    """A service exited, or was not ready in time."""

    def __init__(self, service: str, problem: str, log: Path) -> None:
        super().__init__(f"{service} {problem}; {tail(log)}")
        self.service = service


def tail(log: Path) -> str:
    """Return the path of a log and its last lines."""
    lines = log.read_text(errors="replace").splitlines()[-TAIL:] if log.exists() else []
    return f"the end of its log {log}:" + "".join(f"\n  {line}" for line in lines or ["(empty)"])
