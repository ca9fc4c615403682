"""The volumes of a template."""

from trove_resources import markers
from trove_resources.clouds.service import Json
from trove_resources.markers import Owner
from trove_resources.orchestrator.template import names
from trove_resources.spec import InstanceSpec, VolumeSpec


def resources(spec: InstanceSpec, owner: Owner, type_: str) -> Json:
    """Return the volumes by name."""
    volumes = [volume for volume in (spec.data_volume, spec.root_volume) if volume is not None]
    return {names.volume(volume.role): _volume(volume, owner, type_) for volume in volumes}


def block_devices(spec: InstanceSpec) -> list[Json]:
    """Return the server's block device mapping. Heat deletes the volumes, not Nova: they outlive the server."""
    devices: list[Json] = []
    for volume, boot_index in ((spec.root_volume, 0), (spec.data_volume, -1)):
        if volume is not None:
            device: Json = {
                "volume_id": {"get_resource": names.volume(volume.role)},
                "boot_index": boot_index,
                "delete_on_termination": False,
            }
            devices.append({**device, "device_name": volume.device_name} if volume.device_name else device)
    return devices


def _volume(spec: VolumeSpec, owner: Owner, type_: str) -> Json:
    properties: Json = {
        "name": markers.resource_name(owner.instance_id),
        "description": markers.volume_description(owner.instance_id, spec.role),
        "metadata": markers.volume_metadata(owner, spec.role),
        "size": spec.size,
    }
    optional = {
        "volume_type": spec.type,
        "availability_zone": spec.availability_zone,
        "snapshot_id": spec.snapshot_id,
        "image": spec.image_id,
    }
    properties.update({name: value for name, value in optional.items() if value})
    return {"type": type_, "properties": properties}
