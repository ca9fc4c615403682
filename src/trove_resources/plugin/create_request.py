"""A create as Trove requests it: the arguments of the RPC ``create_instance``."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateRequest:
    """What the RPC ``create_instance`` carries, for one instance."""

    flavor: Mapping[str, Any]
    """As the API read it from Nova: ``id``, ``ram`` in MiB …"""
    image_id: str
    databases: Sequence[Mapping[str, Any]]
    users: Sequence[Mapping[str, Any]] = field(repr=False)
    datastore_manager: str
    packages: Sequence[str]
    volume_size: int | None
    """In GiB."""
    backup_id: str | None
    availability_zone: str | None
    root_password: str | None = field(repr=False)
    nics: Sequence[Mapping[str, str]]
    """``network_id``, ``subnet_id``, ``ip_address``. Those of management networks come last."""
    overrides: Mapping[str, Any]
    cluster_config: Mapping[str, Any] | None
    volume_type: str | None
    modules: Sequence[Any] = field(repr=False)
    access: Mapping[str, Any]
    """``is_public``, ``allowed_cidrs``."""
    ds_version: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What the spec needs besides the request: from the row, and from what was created before."""

    tenant_id: str
    user_id: str
    server_name: str
    volume_support: bool
    snapshot_id: str | None = None
    group_id: str | None = None
