"""What can go wrong when a lab starts.

LabError
├── PortInUseError         another program listens on a port the lab wants
├── DirectoryInUseError    another lab runs in the directory
├── DirectoryError         the directory cannot be used
└── ServiceDiedError       a service ended, or did not become ready in time
"""

from pathlib import Path


class LabError(Exception):
    """The lab cannot run. The message is for the person who started it."""


class PortInUseError(LabError):
    """Another program listens on a port the lab wants."""

    def __init__(self, port: int, service: str) -> None:
        super().__init__(f"port {port} on 127.0.0.1, wanted by {service}, is in use; choose another with --port")
        self.port = port


class DirectoryInUseError(LabError):
    """Another lab runs in the directory."""

    def __init__(self, directory: Path, pid: str) -> None:
        super().__init__(f"a lab already runs in {directory} (process {pid}); stop it, or give another --directory")
        self.directory = directory


class DirectoryError(LabError):
    """The directory cannot be used."""

    def __init__(self, directory: Path, reason: str) -> None:
        super().__init__(f"cannot use the directory {directory}: {reason}")
        self.directory = directory


class ServiceDiedError(LabError):
    """A service ended, or did not become ready in time."""

    def __init__(self, service: str, what: str, log: Path, last_lines: list[str]) -> None:
        tail = "".join(f"\n  {line}" for line in last_lines)
        super().__init__(f"{service} {what}; the end of its log {log}:{tail or ' (empty)'}")
        self.service = service
        self.log = log
