"""The releases of OpenStack that our wheels are tested with, each with its own constraints."""

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A release of OpenStack, with the point releases of the packages that are installed."""

    openstack: str
    trove: str
    heat: str
    constraints: Path

    def __str__(self) -> str:
        return f"trove-{self.major}"

    @property
    def major(self) -> int:
        """Trove's major version."""
        return int(self.trove.partition(".")[0])


OLDER = (
    Release(openstack="2025.2", trove="24.1.0", heat="25.0.2", constraints=_HERE / "constraints-24.txt"),
    Release(openstack="2026.1", trove="25.1.0", heat="26.0.2", constraints=_HERE / "constraints-25.txt"),
)
RELEASES = (
    *OLDER,
    Release(openstack="2026.2", trove="26.0.0", heat="27.0.1", constraints=ROOT / "constraints.txt"),
)
