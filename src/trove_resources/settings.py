"""What an operator's options say to a resource manager."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Names and deadlines; the latter in seconds."""

    security_group_prefix: str = "trove_sg"
    public_network_id: str | None = None
    """Where floating IPs come from; None: the first external network."""
    require_router: bool = True
    """Whether a user port's subnet must be behind a router."""
    server_seconds: float = 900.0
    """A new server's way to ACTIVE."""
    volume_seconds: float = 60.0
    """A new volume's way to available."""
    delete_seconds: float = 300.0
    """A deleted server's or volume's way out."""
    move_seconds: float = 900.0
    """A server's way to another flavor or host."""
    revert_seconds: float = 600.0
    """Its way back."""
    reboot_seconds: float = 120.0
    """A server's way to ACTIVE after a reboot."""
    online_volume_resize: bool = True
    """Whether a volume is grown while it is in use, where the cloud can."""
