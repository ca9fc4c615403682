"""The state of Cinder."""

from dataclasses import dataclass, field
from typing import Any

from trove_lab.cloud.ids import new_uuid, seeded_uuid
from trove_lab.cloud.table import Table

DEFAULT_TYPE = "__DEFAULT__"
"""The name of the type that every Cinder has since its first database migration."""
AVAILABILITY_ZONE = "nova"
HOST = "minicloud@lvm#lvm"
"""The back end of all volumes, as administrators see it."""


@dataclass(slots=True, kw_only=True)
class VolumeType:
    """A volume type."""

    id: str
    name: str
    description: str | None = None
    is_public: bool = True
    extra_specs: dict[str, str] = field(default_factory=dict)
    qos_specs_id: str | None = None


@dataclass(slots=True, kw_only=True)
class Attachment:
    """An attachment of a volume to a server: ``reserved``, ``attaching``, ``attached`` or ``detached``."""

    id: str
    volume_id: str
    project_id: str
    server_id: str | None
    """Cinder's ``instance``."""
    attach_status: str = "reserved"
    device: str | None = None
    """Cinder's ``mountpoint``: /dev/vdb."""
    host: str | None = None
    mode: str | None = None
    """``rw`` or ``ro``; null at first."""
    connector: dict[str, Any] | None = None
    attached_at: float | None = None
    by_nova: bool = False
    """Nova created it, and only Nova may delete it."""


@dataclass(slots=True, kw_only=True)
class Volume:
    """A volume."""

    id: str
    project_id: str
    user_id: str
    size: int
    """GiB."""
    volume_type_id: str
    created_at: float
    name: str | None = None
    description: str | None = None
    status: str = "creating"
    previous_status: str | None = None
    """The status before ``extending``, which is restored afterwards."""
    migration_status: str | None = None
    updated_at: float | None = None
    bootable: bool = False
    readonly: bool | None = None
    multiattach: bool = False
    availability_zone: str = AVAILABILITY_ZONE
    snapshot_id: str | None = None
    source_volid: str | None = None
    metadata: dict[str, str] = field(default_factory=dict)
    image_metadata: dict[str, str] = field(default_factory=dict)
    attachments: list[Attachment] = field(default_factory=list)

    @property
    def attached(self) -> list[Attachment]:
        """The attachments that are complete."""
        return [each for each in self.attachments if each.attach_status == "attached"]


@dataclass(slots=True, kw_only=True)
class Snapshot:
    """A snapshot of a volume."""

    id: str
    project_id: str
    user_id: str
    volume_id: str
    volume_size: int
    """GiB."""
    created_at: float
    name: str | None = None
    description: str | None = None
    status: str = "creating"
    updated_at: float | None = None
    metadata: dict[str, str] = field(default_factory=dict)


class State:
    """The whole state of Cinder."""

    def __init__(self) -> None:
        self.volumes: Table[Volume] = Table()
        self.snapshots: Table[Snapshot] = Table()
        self.types: Table[VolumeType] = Table()
        default = VolumeType(id=seeded_uuid("volume-type"), name=DEFAULT_TYPE, description="Default Volume Type")
        self.default_type_id = self.types.add(default).id
        self.type_access: dict[str, set[str]] = {}
        """Projects that may use a private type."""
        self.quotas: dict[str, dict[str, int]] = {}
        """Limits that an administrator has set, by project and name (as in quotas.DEFAULTS)."""
        self.service_id = new_uuid()

    def attachment(self, attachment_id: str) -> Attachment | None:
        """Return an attachment of any volume."""
        return next((each for each in self.attachments() if each.id == attachment_id), None)

    def attachments(self) -> list[Attachment]:
        """Return the attachments of all volumes."""
        return [attachment for volume in self.volumes for attachment in volume.attachments]

    def type_of(self, volume: Volume) -> VolumeType:
        """Return a volume's type. A type in use is never deleted."""
        return self._type(volume.volume_type_id)

    @property
    def default_type(self) -> VolumeType:
        """The default volume type. It is never deleted."""
        return self._type(self.default_type_id)

    def _type(self, type_id: str) -> VolumeType:
        found = self.types.get(type_id)
        if found is None:
            raise LookupError(type_id)
        return found

    def snapshots_of(self, volume_id: str) -> list[Snapshot]:
        """Return a volume's snapshots."""
        return self.snapshots.where(volume_id=volume_id)
