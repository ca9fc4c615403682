"""Nova: servers and server groups."""

import base64
from collections.abc import Iterable, Sequence
from typing import Any

from trove_resources import markers
from trove_resources.clouds import rows
from trove_resources.clouds.service import Json, Service
from trove_resources.errors import ResourceNotFoundError
from trove_resources.inventory import Server, ServerAction, ServerGroup
from trove_resources.spec import ServerSpec

MICROVERSION = "2.79"
"""The default microversion.

Tags at create (2.52), the flavor's name in a server (2.47), one policy per group (2.64).
"""

REIMAGE = "2.93"
"""Since this one a rebuild can write another image to the volume that a server boots from."""
FLAVOR_ID = "2.46"
"""The last one in which a server shows its flavor's id. The name can belong to another flavor by now."""
DETAILS = "2.84"
"""Since this one the events of a server's actions have details of failures."""

GROUPS = 500
"""Server groups per page; Nova's own limit is 1000, and it cuts a longer list without saying so."""

GONE = frozenset({"DELETED", "SOFT_DELETED"})


class Compute:
    """Nova, for the service user's project."""

    def __init__(self, service: Service) -> None:
        self._nova = service

    def create_server(
        self,
        spec: ServerSpec,
        *,
        user_data: str,
        port_ids: Sequence[str],
        volumes: Sequence[Json],
        security_group: str | None = None,
    ) -> str:
        """Create a server and return its id. ``volumes`` are block device mappings, version 2."""
        server: Json = {
            "name": spec.name,
            "flavorRef": spec.flavor_id,
            "imageRef": spec.image_id or "",
            "metadata": dict(spec.metadata),
            "tags": list(spec.tags),
            # Without a port of ours Nova creates one, if the project has a network.
            "networks": [{"port": port_id} for port_id in port_ids] or "auto",
            "block_device_mapping_v2": list(volumes),
            "config_drive": spec.config_drive,
        }
        if user_data:
            server["user_data"] = _encoded(user_data)
        if security_group and not port_ids:
            server["security_groups"] = [{"name": security_group}]
        optional = {"availability_zone": spec.availability_zone, "key_name": spec.key_name}
        server.update({name: value for name, value in optional.items() if value})
        body: Json = {"server": server}
        if spec.group_id:
            body["os:scheduler_hints"] = {"group": spec.group_id}
        return str(self._nova.post("/servers", body)["server"]["id"])

    def find_servers(self, instance_id: str) -> list[Server]:
        """Return the servers with an instance's tag, created by stock Trove or by us."""
        query = {"tags": markers.server_tag(instance_id)}
        return [rows.server(row) for row in self._nova.get("/servers/detail", query)["servers"]]

    def server(self, server_id: str) -> Server | None:
        """Return a server, or None when it does not exist."""
        try:
            server = rows.server(self._nova.get(f"/servers/{server_id}")["server"])
        except ResourceNotFoundError:
            return None
        return None if server.status in GONE else server

    def servers(self, server_ids: Iterable[str]) -> dict[str, Server]:
        """Return the servers that exist: with one list, and one by one those that are not in it.

        The latter are deleted, or have lost the tag by which they are listed.
        """
        wanted = set(server_ids)
        found: dict[str, Server] = {}
        query: dict[str, Any] = {"tags": "trove_instance"}
        more = True
        while more and not wanted <= set(found):
            answer = self._nova.get("/servers/detail", query)
            found.update({row["id"]: rows.server(row) for row in answer["servers"] if row["id"] in wanted})
            more = any(link["rel"] == "next" for link in answer.get("servers_links", ()))
            query["marker"] = answer["servers"][-1]["id"] if more else None
        for server_id in wanted - set(found):
            server = self.server(server_id)
            if server is not None:
                found[server_id] = server
        return {key: server for key, server in found.items() if server.status not in GONE}

    def delete_server(self, server_id: str) -> None:
        """Request the deletion of a server. Raises ResourceNotFoundError when it does not exist."""
        self._nova.delete(f"/servers/{server_id}")

    def resize_server(self, server_id: str, flavor_id: str) -> None:
        """Request another flavor; the server goes to VERIFY_RESIZE."""
        self._act(server_id, {"resize": {"flavorRef": flavor_id}})

    def migrate_server(self, server_id: str, host: str | None) -> None:
        """Request a move to ``host``, or to any other host; the server goes to VERIFY_RESIZE."""
        self._act(server_id, {"migrate": {"host": host}})

    def confirm_resize(self, server_id: str) -> None:
        """Keep the new flavor and host of a server in VERIFY_RESIZE."""
        self._act(server_id, {"confirmResize": None})

    def revert_resize(self, server_id: str) -> None:
        """Restore the old flavor and host of a server in VERIFY_RESIZE."""
        self._act(server_id, {"revertResize": None})

    def reboot_server(self, server_id: str, *, hard: bool) -> None:
        """Request a reboot. A server that is not ACTIVE accepts only a hard one."""
        self._act(server_id, {"reboot": {"type": "HARD" if hard else "SOFT"}})

    def rebuild_server(self, server_id: str, image_id: str, user_data: str, *, boots_from_volume: bool) -> None:
        """Request a rebuild from another image, with other user data."""
        body: Json = {"imageRef": image_id, "user_data": _encoded(user_data) if user_data else None}
        self._act(server_id, {"rebuild": body}, microversion=REIMAGE if boots_from_volume else None)

    def attach_volume(self, server_id: str, volume_id: str, device: str | None) -> None:
        """Attach a volume to a server."""
        attachment: Json = {"volumeId": volume_id, **({"device": device} if device else {})}
        self._nova.post(f"/servers/{server_id}/os-volume_attachments", {"volumeAttachment": attachment})

    def detach_volume(self, server_id: str, volume_id: str) -> None:
        """Request the detachment of a volume. Raises ResourceNotFoundError when it is not attached to the server."""
        self._nova.delete(f"/servers/{server_id}/os-volume_attachments/{volume_id}")

    def flavor_id(self, server_id: str) -> str:
        """Return the id of a server's flavor. Raises ResourceNotFoundError."""
        shown = self._nova.get(f"/servers/{server_id}", microversion=FLAVOR_ID)["server"]
        return str(shown["flavor"]["id"])

    def latest_action(self, server_id: str) -> ServerAction | None:
        """Return the latest action on a server, or None."""
        row = next(iter(self._nova.get(f"/servers/{server_id}/os-instance-actions")["instanceActions"]), None)
        return None if row is None else rows.server_action(row)

    def last_failure(self, server_id: str) -> str | None:
        """Return why the latest action on a server failed. Nova shows no fault of a server that is not in ERROR."""
        latest = self.latest_action(server_id)
        if latest is None or not latest.failed:
            return None
        path = f"/servers/{server_id}/os-instance-actions/{latest.request_id}"
        events = self._nova.get(path, microversion=DETAILS)["instanceAction"].get("events", ())
        details = next((event["details"] for event in events if event.get("details")), None)
        return f"{details or f'its {latest.name} failed'} ({latest.request_id})"

    def _act(self, server_id: str, action: Json, *, microversion: str | None = None) -> None:
        self._nova.post(f"/servers/{server_id}/action", action, microversion=microversion)

    def groups(self) -> list[ServerGroup]:
        """Return the project's server groups: all pages of them."""
        found: list[ServerGroup] = []
        while True:
            page = self._nova.get("/os-server-groups", {"limit": GROUPS, "offset": len(found)})["server_groups"]
            found += [rows.server_group(row) for row in page]
            if len(page) < GROUPS:
                return found

    def find_groups(self, name: str) -> list[ServerGroup]:
        """Return the project's server groups with a name."""
        return [group for group in self.groups() if group.name == name]

    def create_group(self, name: str, policy: str) -> str:
        """Create a server group and return its id."""
        return str(
            self._nova.post("/os-server-groups", {"server_group": {"name": name, "policy": policy}})["server_group"][
                "id"
            ]
        )

    def delete_group(self, group_id: str) -> None:
        """Delete a server group."""
        self._nova.delete(f"/os-server-groups/{group_id}")


def _encoded(user_data: str) -> str:
    return base64.b64encode(user_data.encode()).decode()
