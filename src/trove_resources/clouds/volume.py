"""Cinder: volumes."""

from collections.abc import Iterable, Sequence
from typing import Any

from trove_resources import markers
from trove_resources.clouds import rows
from trove_resources.clouds.service import Json, Service
from trove_resources.errors import ResourceNotFoundError
from trove_resources.inventory import Volume
from trove_resources.markers import Owner
from trove_resources.spec import VolumeSpec

MICROVERSION = "3.42"
"""The default microversion: a volume in use can be extended (3.42)."""

COMPLETE = "3.44"
"""Since this one an attachment is completed by whoever created it."""


class BlockStorage:
    """Cinder, for the service user's project."""

    def __init__(self, service: Service) -> None:
        self._cinder = service

    def create_volume(self, spec: VolumeSpec, owner: Owner) -> str:
        """Create a volume and return its id."""
        volume: Json = {
            "size": spec.size,
            "name": markers.resource_name(owner.instance_id),
            "description": markers.volume_description(owner.instance_id, spec.role),
            "metadata": markers.volume_metadata(owner, spec.role),
        }
        optional = {
            "volume_type": spec.type,
            "availability_zone": spec.availability_zone,
            "snapshot_id": spec.snapshot_id,
            "imageRef": spec.image_id,
        }
        volume.update({name: value for name, value in optional.items() if value})
        return str(self._cinder.post("/volumes", {"volume": volume})["volume"]["id"])

    def find_volumes(self, instance_id: str) -> list[Volume]:
        """Return the volumes with an instance's name, created by stock Trove or by us."""
        return [rows.volume(row) for row in self._list({"name": markers.resource_name(instance_id)})]

    def volume(self, volume_id: str) -> Volume | None:
        """Return a volume, or None when it does not exist."""
        try:
            return rows.volume(self._cinder.get(f"/volumes/{volume_id}")["volume"])
        except ResourceNotFoundError:
            return None

    def volumes(self, volume_ids: Iterable[str]) -> dict[str, Volume]:
        """Return the volumes that exist, with one list."""
        wanted = set(volume_ids)
        return {row["id"]: rows.volume(row) for row in self._list({}) if row["id"] in wanted}

    def delete_volume(self, volume_id: str) -> None:
        """Request the deletion of a volume.

        Raises ResourceNotFoundError when it does not exist, ResourceInUseError when it is attached or has snapshots.
        """
        self._cinder.delete(f"/volumes/{volume_id}")

    def force_delete_volume(self, volume_id: str) -> None:
        """Request the deletion of a volume whose status does not allow it. Cinder allows this to administrators."""
        self._cinder.post(f"/volumes/{volume_id}/action", {"os-force_delete": {}})

    def extend_volume(self, volume_id: str, size: int) -> None:
        """Request a larger size, in GiB. Raises RefusedError when the volume's state does not allow it."""
        self._cinder.post(f"/volumes/{volume_id}/action", {"os-extend": {"new_size": size}})

    def reset_status(self, volume_id: str, status: str) -> None:
        """Set a volume's status. Cinder allows this to administrators."""
        self._cinder.post(f"/volumes/{volume_id}/action", {"os-reset_status": {"status": status}})

    def complete_attachments(self, volume_id: str) -> None:
        """Complete the attachments of a volume that are in progress."""
        for row in self._cinder.get("/attachments", {"volume_id": volume_id}, microversion=COMPLETE)["attachments"]:
            if row["status"] == "attaching":
                self._cinder.post(f"/attachments/{row['id']}/action", {"os-complete": {}}, microversion=COMPLETE)

    def find_snapshots(self, volume_id: str) -> list[str]:
        """Return the ids of a volume's snapshots."""
        return [str(row["id"]) for row in self._cinder.get("/snapshots", {"volume_id": volume_id})["snapshots"]]

    def mark_retained(self, volume_id: str, snapshot_ids: Sequence[str]) -> None:
        """Mark a volume as retained, with its snapshots."""
        self._cinder.post(f"/volumes/{volume_id}/metadata", {"metadata": markers.retained_metadata(snapshot_ids)})

    def _list(self, query: dict[str, Any]) -> list[Json]:
        rows: list[Json] = []
        while True:
            answer = self._cinder.get("/volumes/detail", query)
            rows += answer["volumes"]
            if not any(link["rel"] == "next" for link in answer.get("volumes_links", ())):
                return rows
            query = {**query, "marker": rows[-1]["id"]}
