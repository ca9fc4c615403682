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
    access_seconds: float = 120.0
    """A security group's and a floating IP's way to what they shall be, where somebody else changes them."""
    verify_seconds: float = 3000.0
    """How long the guest's check on another flavor or host may take."""
    new_instances: str = "orchestrator"
    """The engine of new instances, for the manager that routes to several."""
    online_volume_resize: bool = True
    """Whether a volume is grown while it is in use, where the cloud can."""

    @property
    def stack_seconds(self) -> float:
        """A new stack's way to the end of its creation: its volumes', then its server's."""
        return self.volume_seconds + self.server_seconds

    @property
    def stack_delete_seconds(self) -> float:
        """A deleted stack's way out: its server's, then that of the volumes."""
        return 2 * self.delete_seconds
