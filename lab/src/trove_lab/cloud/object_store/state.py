"""The state of Swift."""

from dataclasses import dataclass, field

from trove_lab.cloud.table import Table


@dataclass(slots=True, kw_only=True)
class StoredObject:
    """An object. ``id`` is its name in its container."""

    id: str
    data: bytes = field(repr=False)
    etag: str
    """MD5 of the data, in hex."""
    content_type: str
    modified_at: float
    headers: dict[str, str] = field(default_factory=dict)
    """X-Object-Meta-*, X-Object-Manifest, Content-Encoding …, as given."""
    segments: list[dict[str, object]] | None = None
    """The manifest of a static large object."""


@dataclass(slots=True, kw_only=True)
class Container:
    """A container. ``id`` is its name in its account."""

    id: str
    created_at: float
    headers: dict[str, str] = field(default_factory=dict)
    objects: Table[StoredObject] = field(default_factory=Table, repr=False)


@dataclass(slots=True, kw_only=True)
class Account:
    """The account of a project. ``id`` is the project's id."""

    id: str
    created_at: float
    headers: dict[str, str] = field(default_factory=dict)
    containers: Table[Container] = field(default_factory=Table, repr=False)


class State:
    """The whole state of Swift."""

    def __init__(self) -> None:
        self.accounts: Table[Account] = Table()
