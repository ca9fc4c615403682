"""DNS records of instances: the interface to Trove's ``dns_driver``, which creates them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordSet:
    """A record set of Designate's, without its address; ``name`` ends with a dot."""

    zone_id: str
    name: str
    type: str = "A"


class Dns(Protocol):
    """Creates and deletes the DNS record of an instance. Every method may raise CloudError."""

    enabled: bool

    def hostname(self, instance_id: str) -> str | None:
        """Return the name of an instance's record, without a request; None without DNS."""

    def recordset(self, instance_id: str) -> RecordSet | None:
        """Return the record for Designate, if the project of the service user can own it. Sends no request.

        None: a stack cannot have the record, and ``create`` creates it.
        """

    def find(self, instance_id: str) -> list[str]:
        """Return the names of the records that an instance has."""

    def create(self, instance_id: str, addresses: Sequence[str]) -> None:
        """Create the record for the first address that users may see; an existing record is taken over."""

    def delete(self, instance_id: str) -> None:
        """Delete the record, if there is one."""


class NoDns:
    """A deployment without DNS."""

    enabled = False

    def hostname(self, instance_id: str) -> str | None:  # noqa: ARG002 - the protocol's
        """Return None."""
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
