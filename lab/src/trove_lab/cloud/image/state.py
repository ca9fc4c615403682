"""The state of Glance."""

from dataclasses import dataclass, field

from trove_lab.cloud.table import Table


@dataclass(slots=True, kw_only=True)
class Member:
    """A project that a shared image is shared with."""

    id: str
    """The id of the project. Glance calls it member_id."""
    created_at: float
    updated_at: float
    status: str = "pending"


@dataclass(slots=True, kw_only=True)
class Image:
    """An image: ``queued`` without data, ``active`` with data."""

    id: str
    name: str | None
    project_id: str
    """Glance's ``owner``."""
    created_at: float
    updated_at: float
    status: str = "queued"
    visibility: str = "shared"
    size: int | None = None
    """Bytes."""
    virtual_size: int | None = None
    data: bytes | None = field(default=None, repr=False)
    """The uploaded data."""
    checksum: str | None = None
    os_hash_algo: str | None = None
    os_hash_value: str | None = None
    disk_format: str | None = None
    container_format: str | None = None
    min_disk: int = 0
    """GiB."""
    min_ram: int = 0
    """MiB."""
    protected: bool = False
    os_hidden: bool = False
    tags: list[str] = field(default_factory=list)
    properties: dict[str, str | None] = field(default_factory=dict)
    """Custom properties."""
    members: Table[Member] = field(default_factory=Table, repr=False)

    def seen_by(self, project_id: str | None, *, is_admin: bool = False) -> bool:
        """Return whether a project may see and use the image."""
        if is_admin or self.visibility in ("public", "community") or self.project_id == project_id:
            return True
        return self.visibility == "shared" and project_id is not None and project_id in self.members


class State:
    """The whole state of Glance."""

    def __init__(self) -> None:
        self.images: Table[Image] = Table()
