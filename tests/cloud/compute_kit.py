"""Servers for tests. They are deleted at the end of the test."""

from typing import Any

from cloud.conftest import Clouds

UNKNOWN = "00000000-0000-0000-0000-000000000000"


class Fleet:
    """Creates servers of ``demo`` and what they need, and waits for them."""

    def __init__(self, clouds: Clouds) -> None:
        self.clouds = clouds
        self.api = clouds.demo.compute
        self.image_id = clouds.demo.image.find_image("guest").id
        self.network_id = clouds.demo.network.find_network("tenant").id
        self._flavors = {flavor.name: flavor.id for flavor in self.api.flavors()}
        self._servers: list[str] = []
        self._volumes: list[str] = []
        self._ports: list[str] = []
        self._groups: list[str] = []
        self._lifted = False

    def flavor(self, name: str) -> str:
        """Return the id of a flavor."""
        return self._flavors[name]

    def body(self, **attributes: Any) -> dict[str, Any]:
        """Return the body that creates a tiny server without networks, updated with ``attributes``.

        None omits an attribute.
        """
        tiny = {"name": "contract", "flavorRef": self.flavor("m1.tiny"), "imageRef": self.image_id, "networks": "none"}
        return {name: value for name, value in {**tiny, **attributes}.items() if value is not None}

    def ask(self, *, version: str = "2.96", hints: dict[str, Any] | None = None, **attributes: Any) -> Any:
        """Send the request to create a server. Return the response, whatever its status."""
        body: dict[str, Any] = {"server": self.body(**attributes)}
        if hints is not None:
            body["os:scheduler_hints"] = hints
        answer = self.api.post("/servers", json=body, microversion=version)
        if answer.status_code == 202:
            self._servers.append(answer.json()["server"]["id"])
        return answer

    def server(self, status: str = "ACTIVE", **attributes: Any) -> str:
        """Create a server, wait until it has a status, and return its id."""
        answer = self.ask(**attributes)
        assert answer.status_code == 202, answer.text
        return str(self.wait(answer.json()["server"]["id"], status)["id"])

    def show(self, server_id: str, *, version: str = "2.96", who: str = "demo") -> dict[str, Any]:
        """Return a server as a microversion shows it to ``demo``, or to another user."""
        api = getattr(self.clouds, who).compute
        server: dict[str, Any] = api.get(f"/servers/{server_id}", microversion=version).json()["server"]
        return server

    def wait(self, server_id: str, status: str) -> dict[str, Any]:
        """Wait until a server has a status and no task is in progress. Return it."""
        seen: dict[str, Any] = self.clouds.until(
            lambda: self.show(server_id),
            lambda server: server["status"] == status and server["OS-EXT-STS:task_state"] is None,
        )
        return seen

    def act(self, server_id: str, action: str, value: Any = None, *, version: str = "2.1", who: str = "demo") -> Any:
        """Send an action. Return the response, whatever its status."""
        api = getattr(self.clouds, who).compute
        return api.post(f"/servers/{server_id}/action", json={action: value}, microversion=version)

    def get(self, path: str, *, version: str = "2.96", who: str = "demo") -> Any:
        """Return the response to a GET, whatever its status."""
        return getattr(self.clouds, who).compute.get(path, microversion=version)

    def gone(self, server_id: str) -> None:
        """Wait until a server is not found."""
        self.clouds.until(lambda: self.api.get(f"/servers/{server_id}").status_code, lambda seen: seen == 404)

    def volume(self, *, size: int = 1) -> str:
        """Create a volume, wait until it is available, and return its id."""
        made = self.clouds.demo.block_storage.create_volume(size=size, name="contract")
        self._volumes.append(made.id)
        self.wait_volume(made.id, "available")
        return str(made.id)

    def wait_volume(self, volume_id: str, status: str) -> Any:
        """Wait until a volume has a status. Return it."""
        storage = self.clouds.demo.block_storage
        return self.clouds.until(lambda: storage.get_volume(volume_id), lambda volume: volume.status == status)

    def keep_volume(self, volume_id: str) -> None:
        """Delete this volume too at the end of the test."""
        self._volumes.append(volume_id)

    def port(self) -> str:
        """Create a port on the network of ``demo`` and return its id."""
        made = self.clouds.demo.network.create_port(network_id=self.network_id, name="contract")
        self._ports.append(made.id)
        return str(made.id)

    def group(self, policy: str, **rules: int) -> str:
        """Create a server group and return its id."""
        body = {"server_group": {"name": "contract", "policy": policy, **({"rules": rules} if rules else {})}}
        answer = self.api.post("/os-server-groups", json=body, microversion="2.64")
        assert answer.status_code == 200, answer.text
        self._groups.append(answer.json()["server_group"]["id"])
        return self._groups[-1]

    def lift_quotas(self) -> None:
        """Let ``demo`` use flavors of any size until the end of the test."""
        self.quota(instances=-1, cores=-1, ram=-1)

    def quota(self, **limits: int) -> Any:
        """Set the quotas of ``demo`` until the end of the test. Return the response, whatever its status."""
        self._lifted = True
        path = f"/os-quota-sets/{self.clouds.demo.current_project_id}"
        return self.clouds.admin.compute.put(path, json={"quota_set": limits})

    def clear(self) -> None:
        """Delete everything, whatever its state."""
        for server in self._servers:
            self.clouds.admin.compute.delete(f"/servers/{server}")
        for server in self._servers:
            self.gone(server)
        if self._lifted:
            self.clouds.admin.compute.delete(f"/os-quota-sets/{self.clouds.demo.current_project_id}")
        for port in self._ports:
            self.clouds.demo.network.delete_port(port)
        for group in self._groups:
            self.api.delete(f"/os-server-groups/{group}")
        for volume in self._volumes:
            self.clouds.demo.block_storage.delete_volume(volume, ignore_missing=True)


def message(response: Any) -> str:
    """Return the message of Nova's error: ``{"badRequest": {"code", "message"}}``."""
    (fault,) = response.json().values()
    assert fault["code"] == response.status_code
    return str(fault["message"])
