"""What can go wrong.

RealCloudError
├── MachineError     this machine cannot have one
├── PortTakenError   another program listens on a port of ours
├── CommandError     a command failed: an installation, a schema, a seed
└── ServiceError     a service ended, or did not become ready in time
"""

from collections.abc import Sequence
from pathlib import Path

TAIL = 20
"""Lines of a log that an error has."""


class RealCloudError(Exception):
    """The cloud cannot run. The message is for the person who started it."""


class MachineError(RealCloudError):
    """This machine cannot have one."""


class PortTakenError(RealCloudError):
    """Another program listens on a port of ours."""

    def __init__(self, port: int, service: str, who: str) -> None:
        super().__init__(f"port {port} on 127.0.0.1, wanted by {service}, is taken by {who}")


class CommandError(RealCloudError):
    """A command failed."""

    def __init__(self, command: Sequence[str], code: int, log: Path) -> None:
        super().__init__(f"{' '.join(command)} failed with {code}; {tail(log)}")


class ServiceError(RealCloudError):
    """A service ended, or did not become ready in time."""

    def __init__(self, service: str, what: str, log: Path) -> None:
        super().__init__(f"{service} {what}; {tail(log)}")
        self.service = service


def tail(log: Path) -> str:
    """Return the end of a log, below its name."""
    lines = log.read_text(errors="replace").splitlines()[-TAIL:] if log.exists() else []
    return f"the end of its log {log}:" + "".join(f"\n  {line}" for line in lines or ["(empty)"])
