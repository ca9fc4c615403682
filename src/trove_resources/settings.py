"""What an operator's options mean to a resource manager."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Names, and deadlines in seconds."""

    security_group_prefix: str = "trove_sg"
    public_network_id: str | None = None
    """The network of floating IPs. None: the first external network."""
    require_router: bool = True
    """Whether the subnet of a user port must be connected to a router."""
    server_seconds: float = 900.0
    """For a new server to become ACTIVE."""
    volume_seconds: float = 60.0
    """For a new volume to become available."""
    delete_seconds: float = 300.0
    """For a deleted server or volume to disappear."""
    move_seconds: float = 900.0
    """For a server to reach another flavor or host."""
    revert_seconds: float = 600.0
    """For a server to return from there."""
    reboot_seconds: float = 120.0
    """For a server to become ACTIVE after a reboot."""
    access_seconds: float = 120.0
    """For another service to change a security group and a floating IP."""
    verify_seconds: float = 3000.0
    """For the guest to become healthy on another flavor or host."""
    online_volume_resize: bool = True
    """Whether a volume is extended while it is attached, where the cloud supports it."""
    options: Mapping[str, Any] = field(default_factory=dict)
    """The values of the options that the manager itself declares, by their names in Python."""

    @property
    def stack_seconds(self) -> float:
        """For a new stack to be complete: first its volumes, then its server."""
        return self.volume_seconds + self.server_seconds

    @property
    def stack_delete_seconds(self) -> float:
        """For a deleted stack to disappear: first its server, then its volumes."""
        return 2 * self.delete_seconds
