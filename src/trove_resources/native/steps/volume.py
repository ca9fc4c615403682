"""The data volume and the root volume: created, waited for, deleted."""

from collections.abc import Sequence

from trove_resources import markers
from trove_resources.clouds.volume import BlockStorage
from trove_resources.errors import ResourceInUseError
from trove_resources.flows.context import FlowContext
from trove_resources.flows.delete import DeleteStep, Resource
from trove_resources.flows.step import CreateStep, Found, Step, found_id
from trove_resources.kinds import ResourceKind
from trove_resources.markers import VolumeRole
from trove_resources.native.volumes import await_volume, delete_volume
from trove_resources.settings import Settings
from trove_resources.spec import VolumeSpec

_READY = ("available", "in-use")
"""The statuses of a new volume: in-use when the server of an earlier run of the task has it."""


class CreateVolume(CreateStep[str]):
    """Create a data or root volume. Provides ``<role>_volume_id``."""

    def __init__(self, volumes: BlockStorage, settings: Settings, spec: VolumeSpec) -> None:
        super().__init__(
            f"provision/{spec.role}_volume/create", f"create the {spec.role} volume", provides=f"{spec.role}_volume_id"
        )
        self._volumes, self._settings, self._spec = volumes, settings, spec
        self.kind = ResourceKind.of_volume(spec.role)
        self.announces = "volume_id" if spec.role == "data" else None

    def execute(self, context: FlowContext) -> str:
        """Return the volume's id."""
        return self.find_or_create(context, lambda: self._volumes.create_volume(self._spec, context.owner))

    def find(self, context: FlowContext, **_: object) -> Sequence[Found[str]]:
        """Find the volume of this role by its name."""
        return [
            found_id(volume.id, of_task=volume.metadata.get(markers.TASK_KEY) == context.owner.task_id)
            for volume in self._volumes.find_volumes(context.owner.instance_id)
            if volume.role == self._spec.role
        ]

    def remove(self, context: FlowContext, resource_id: str) -> None:
        """Delete the volume. It never held data: its instance did not exist yet."""
        delete_volume(context, self._volumes, self._settings, resource_id, self.kind)


class AwaitVolume(Step):
    """Wait until a new volume is available."""

    def __init__(self, volumes: BlockStorage, settings: Settings, role: VolumeRole) -> None:
        super().__init__(
            f"provision/{role}_volume/available",
            f"wait for the {role} volume",
            rebind={"volume_id": f"{role}_volume_id"},
        )
        self._volumes, self._settings = volumes, settings
        self.kind = ResourceKind.of_volume(role)

    def execute(self, context: FlowContext, volume_id: str) -> None:
        """Return when it is. Raises ResourceFailedError and DeadlineExceededError."""
        seconds, check = self._settings.volume_seconds, context.check_stop
        kind = self.kind or ResourceKind.DATA_VOLUME
        await_volume(context, self._volumes, volume_id, _READY, kind=kind, seconds=seconds, check=check)


class DeleteVolumes(DeleteStep):
    """Delete the volumes, found by their name and by the row. No other step deletes a volume that held data."""

    kind = ResourceKind.DATA_VOLUME
    role = "volume"
    plural = "volumes"

    def find(self) -> Sequence[Resource]:
        """Find them. The row still knows a data volume that lost its name."""
        volumes, row = self._clouds.volume, self._instance.volume_id
        found = volumes.find_volumes(self._instance.instance_id)
        lost = volumes.volume(row) if row and row not in [each.id for each in found] else None
        every = [*found, *([lost] if lost else [])]
        return [Resource(ResourceKind.of_volume(each.role), each.id) for each in every]

    def remove(self, context: FlowContext, resource: Resource) -> None:
        """Delete one. A data volume with snapshots, which are backups of Trove's, is retained and marked with them."""
        volumes = self._clouds.volume
        try:
            delete_volume(context, volumes, self._settings, resource.id, resource.kind)
        except ResourceInUseError:
            volume = context.attempt(lambda: volumes.volume(resource.id))
            snapshots = context.attempt(lambda: volumes.find_snapshots(resource.id))
            if volume is None or volume.role != "data" or not snapshots:
                raise
            context.attempt(lambda: volumes.mark_retained(resource.id, snapshots))
