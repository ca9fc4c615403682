"""Errors of a lab.

LabError
├── PortInUseError         a port of the lab is in use
├── DirectoryInUseError    another lab is running in the directory
├── DirectoryError         the directory cannot be used
└── ServiceDiedError       a service died, or did not become ready in time
"""

from pathlib import Path


class LabError(Exception):
    """The lab cannot run. The message is for its user."""


class PortInUseError(LabError):
    """A port of the lab is in use."""

    def __init__(self, port: int, service: str) -> None:
        super().__init__(f"port {port} of {service} on 127.0.0.1 is in use; choose another --port")
        self.port = port


class DirectoryInUseError(LabError):
    """Another lab is running in the directory."""

    def __init__(self, directory: Path, pid: str) -> None:
        super().__init__(
            f"another lab is running in {directory} (process {pid}); stop it, or choose another --directory"
        )
        self.directory = directory


class DirectoryError(LabError):
    """The directory cannot be used."""

    def __init__(self, directory: Path, reason: str) -> None:
        super().__init__(f"cannot use the directory {directory}: {reason}")
        self.directory = directory


class ServiceDiedError(LabError):
    """A service died, or did not become ready in time."""

    def __init__(self, service: str, what: str, log: Path, last_lines: list[str]) -> None:
        tail = "".join(f"\n  {line}" for line in last_lines)
        super().__init__(f"{service} {what}; the end of its log {log}:{tail or ' (empty)'}")
        self.service = service
        self.log = log
