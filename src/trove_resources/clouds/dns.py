"""DNS records of instances. Who makes them is Trove's ``dns_driver``; here is what is asked of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordSet:
    """A record of Designate's, but for its address; ``name`` ends with a dot."""

    zone_id: str
    name: str
    type: str = "A"


class Dns(Protocol):
    """Makes and deletes the DNS record of an instance. Every method may raise CloudError."""

    enabled: bool

    def hostname(self, instance_id: str) -> str | None:
        """Return the name of an instance's record, without asking anybody; None without DNS."""

    def recordset(self, instance_id: str) -> RecordSet | None:
        """Return the record Designate is to have, where the project of the service user may have it; else None.

        Nobody is asked. None: whoever wants the record has to ``create`` it.
        """

    def find(self, instance_id: str) -> list[str]:
        """Return the names of the records an instance has."""

    def create(self, instance_id: str, addresses: Sequence[str]) -> None:
        """Make the record, for the first address that may be shown to users; one that is there is taken over."""

    def delete(self, instance_id: str) -> None:
        """Delete the record, if there is one."""


class NoDns:
    """A deployment without DNS."""

    enabled = False

    def hostname(self, instance_id: str) -> str | None:  # noqa: ARG002 - the protocol's
        """Return None: there are no names."""
        return None

    def recordset(self, instance_id: str) -> RecordSet | None:  # noqa: ARG002 - the protocol's
        """Return None."""
        return None

    def find(self, instance_id: str) -> list[str]:  # noqa: ARG002 - the protocol's
        """Return nothing."""
        return []

    def create(self, instance_id: str, addresses: Sequence[str]) -> None:
        """Do nothing."""

    def delete(self, instance_id: str) -> None:
        """Do nothing."""
