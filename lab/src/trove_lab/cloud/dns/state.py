"""The state of Designate."""

from dataclasses import dataclass, field

from trove_lab.cloud.ids import new_uuid
from trove_lab.cloud.table import Table

NAMESERVERS = ("ns1.minicloud.",)
"""The name servers of the only pool, which serve all zones."""


@dataclass(slots=True, kw_only=True)
class Zone:
    """A zone: a domain name with a trailing dot. It belongs to a project."""

    id: str
    project_id: str
    name: str
    created_at: float
    email: str | None = None
    description: str | None = None
    ttl: int = 3600
    """Seconds."""
    serial: int = 0
    type: str = "PRIMARY"
    masters: list[str] = field(default_factory=list)
    attributes: dict[str, str] = field(default_factory=dict)
    status: str = "PENDING"
    action: str = "CREATE"
    version: int = 1
    updated_at: float | None = None
    transferred_at: float | None = None


@dataclass(slots=True, kw_only=True)
class Recordset:
    """A recordset: the records of one name and type in a zone."""

    id: str
    project_id: str
    zone_id: str
    name: str
    type: str
    records: list[str]
    created_at: float
    description: str | None = None
    ttl: int | None = None
    """Seconds; None: the zone's TTL."""
    status: str = "PENDING"
    action: str = "CREATE"
    version: int = 1
    updated_at: float | None = None
    managed: bool = False
    """Whether Designate created it: SOA and NS of the zone."""


class State:
    """The whole state of Designate."""

    def __init__(self) -> None:
        self.zones: Table[Zone] = Table()
        self.recordsets: Table[Recordset] = Table()
        self.quotas: dict[str, dict[str, int]] = {}
        """Limits that an administrator has set, by project and name (as in quotas.DEFAULTS)."""
        self.pool_id = new_uuid()

    def recordsets_of(self, zone_id: str) -> list[Recordset]:
        """Return the recordsets of a zone."""
        return self.recordsets.where(zone_id=zone_id)
