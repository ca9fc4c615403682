"""Volumes and snapshots for tests. They are deleted at the end of the test."""

from typing import Any

from cloud.conftest import Clouds

UNKNOWN = "00000000-0000-0000-0000-000000000000"


class Disks:
    """Creates volumes and snapshots of ``demo``, and waits for them."""

    def __init__(self, clouds: Clouds) -> None:
        self.clouds = clouds
        self.api = clouds.demo.block_storage
        self._volumes: list[str] = []
        self._snapshots: list[str] = []

    def volume(self, **attributes: Any) -> Any:
        """Create a volume, of 1 GiB by default, and wait until it is available."""
        made = self.api.create_volume(**{"size": 1, "name": "contract", **attributes})
        return self.wait(self.keep(made.id))

    def snapshot(self, volume_id: str, **attributes: Any) -> Any:
        """Create a snapshot and wait until it is available."""
        made = self.api.create_snapshot(volume_id=volume_id, name="contract", **attributes)
        self._snapshots.append(made.id)
        return self.clouds.until(lambda: self.api.get_snapshot(made.id), lambda seen: seen.status == "available")

    def keep(self, volume_id: str) -> str:
        """Delete this volume too at the end of the test."""
        self._volumes.append(volume_id)
        return volume_id

    def wait(self, volume_id: str, status: str = "available") -> Any:
        """Wait until a volume has a status. Return it."""
        return self.clouds.until(lambda: self.api.get_volume(volume_id), lambda seen: seen.status == status)

    def post(self, path: str, body: Any, *, version: str = "3.0") -> Any:
        """Send a body as ``demo`` with a microversion. Return the response, whatever its status."""
        return self.api.post(path, json=body, microversion=version)

    def act(self, volume_id: str, action: str, *, version: str = "3.0", **body: Any) -> Any:
        """Send an action. Return the response, whatever its status."""
        return self.post(f"/volumes/{volume_id}/action", {action: body}, version=version)

    def gone(self, volume_id: str) -> None:
        """Wait until a volume is not found."""
        self.clouds.until(lambda: self.api.get(f"/volumes/{volume_id}").status_code, lambda seen: seen == 404)

    def clear(self) -> None:
        """Delete everything, whatever its state."""
        admin = self.clouds.admin.block_storage
        for snapshot in self._snapshots:
            admin.post(f"/snapshots/{snapshot}/action", json={"os-force_delete": {}})
        for snapshot in self._snapshots:
            self.clouds.until(lambda one=snapshot: admin.get(f"/snapshots/{one}").status_code, lambda seen: seen == 404)
        for volume in reversed(self._volumes):
            reset = {"os-reset_status": {"status": "available", "attach_status": "detached"}}
            admin.post(f"/volumes/{volume}/action", json=reset)
            for attachment in admin.get(f"/attachments?all_tenants=1&volume_id={volume}", microversion="3.27").json()[
                "attachments"
            ]:
                admin.delete(f"/attachments/{attachment['id']}", microversion="3.27")
            admin.post(f"/volumes/{volume}/action", json={"os-force_delete": {}})
        for volume in self._volumes:
            self.gone(volume)


def message(response: Any) -> str:
    """Return the message of Cinder's error: ``{"badRequest": {"code", "message"}}``."""
    (fault,) = response.json().values()
    assert fault["code"] == response.status_code
    return str(fault["message"])
