"""DNS records of instances in a zone of Designate, as Trove's driver creates them."""

from collections.abc import Sequence

from trove_resources.clouds.dns import RecordSet
from trove_resources.clouds.service import Service
from trove_resources.errors import ResourceInUseError, ResourceNotFoundError


class ZoneDns:
    """A :class:`trove_resources.clouds.dns.Dns` over one zone; ``zone_name`` ends with a dot."""

    enabled = True

    def __init__(self, service: Service, zone_id: str, zone_name: str) -> None:
        self._designate = service
        self._zone_id = zone_id
        self._path = f"/v2/zones/{zone_id}/recordsets"
        self._zone_name = zone_name

    def hostname(self, instance_id: str) -> str | None:
        """Return the instance's name in the zone."""
        return f"{instance_id}.{self._zone_name}".rstrip(".")

    def recordset(self, instance_id: str) -> RecordSet | None:
        """Return the record that the zone should have."""
        return RecordSet(zone_id=self._zone_id, name=f"{self.hostname(instance_id)}.")

    def find(self, instance_id: str) -> list[str]:
        """Return the names of the instance's records."""
        return [str(row["name"]).rstrip(".") for row in self._rows(instance_id)]

    def create(self, instance_id: str, addresses: Sequence[str]) -> None:
        """Create an A record for the first address."""
        body = {"name": f"{self.hostname(instance_id)}.", "type": "A", "records": [addresses[0]]}
        try:
            self._designate.post(self._path, body)
        except ResourceInUseError:
            # An earlier attempt created it: no other instance has the name.
            return

    def delete(self, instance_id: str) -> None:
        """Delete the record, if it exists."""
        for row in self._rows(instance_id):
            try:
                self._designate.delete(f"{self._path}/{row['id']}")
            except ResourceNotFoundError:
                continue

    def _rows(self, instance_id: str) -> list[dict[str, str]]:
        rows: list[dict[str, str]] = self._designate.get(self._path, {"name": f"{self.hostname(instance_id)}."})[
            "recordsets"
        ]
        return rows
