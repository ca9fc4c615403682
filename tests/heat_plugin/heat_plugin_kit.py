"""Heat with the plug-in on a cloud, and stacks of one server with its port, security group and volume."""

import itertools
import json
import os
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import requests
from openstack.connection import Connection

with warnings.catch_warnings():
    # A module that heatclient imports warns when it is imported for the first time.
    warnings.simplefilter("ignore")
    from heatclient.client import Client
    from heatclient.exc import HTTPException, HTTPNotFound

from cloud.conftest import connect
from trove_lab.cloud.seed import USERS
from trove_lab.local.heat_cloud import HeatCloud
from trove_lab.local.heat_conf import Heat
from trove_resources_heat import PLUGIN_DIR

TEMPLATE = Path(__file__).with_name("instance.yaml").read_text()
ENVIRONMENT = {
    "resource_registry": {"resources": {each: {"restricted_actions": "replace"} for each in ("server", "volume")}}
}
"""The environment that the orchestrator sends: these resources must not be replaced."""


class MiniHeat(HeatCloud):
    """Heat with the plug-in, on the emulated cloud."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory, Heat(hurry=True, plugin_dirs=[PLUGIN_DIR]))

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """Ask the cloud's control API."""
        response = requests.request(method, f"{self.url}/_control/{path}", json=body, timeout=30)
        response.raise_for_status()
        return response.json() if response.content else None

    def connection(self, user: str) -> Connection:
        """Return the cloud as a user sees it."""
        return connect(self.auth_url, user, USERS[user][0])


@dataclass
class Stack:
    """One stack."""

    clouds: "Clouds"
    id: str
    template: str
    physical: dict[str, str] = field(default_factory=dict)
    """The ids of the physical resources when the stack was created. They never change."""

    def update(
        self,
        template: str | None = None,
        *,
        environment: Any = None,
        rollback: bool = False,
        minutes: int | None = None,
        **given: Any,
    ) -> None:
        """Begin an update that changes only these parameters."""
        self.clouds.heat.stacks.update(
            self.id,
            template=template or self.template,
            environment=environment or ENVIRONMENT,
            disable_rollback=not rollback,
            parameters=given,
            **({"timeout_mins": minutes} if minutes else {}),
            existing=True,
        )

    def until(self, *wanted: str, seconds: float = 100) -> Any:
        """Wait until the stack has one of these statuses, and return it."""
        return until(lambda: self.clouds.heat.stacks.get(self.id), lambda seen: seen.stack_status in wanted, seconds)

    def resource(self, name: str = "server") -> Any:
        """Return a resource with its attributes."""
        return self.clouds.heat.resources.get(self.id, name, with_attr=["resize_state", "operations", "plugin_version"])

    def attribute(self, name: str) -> Any:
        """Return an attribute of the server."""
        return self.resource().attributes[name]

    def waiting_move(self) -> dict[str, Any]:
        """Wait until a resize or migration waits for a decision, and return ``resize_state``."""
        seen: dict[str, Any] = until(lambda: self.attribute("resize_state"), lambda row: row.get("status") == "WAITING")
        return seen

    def signal(self, action: str, *, name: str = "server", **given: Any) -> None:
        """Send a signal."""
        self.clouds.heat.resources.signal(self.id, name, data={"action": action, **given})

    def rejected(self, action: Any, **given: Any) -> tuple[int, str]:
        """Send a signal that must be rejected, and return the HTTP status and the message."""
        try:
            self.signal(action, **given)
        except HTTPException as error:
            return error.code, str(error)
        raise AssertionError(f"{action} was not rejected")

    def operation(self, action: str, **wanted: Any) -> dict[str, Any]:
        """Wait until the latest operation of a kind has ended, and return it."""
        seen: dict[str, Any] = until(
            lambda: self.attribute("operations").get(action, {}),
            lambda row: row.get("status") in ("COMPLETE", "FAILED") and wanted.items() <= row.items(),
        )
        return seen

    def events(self, name: str = "server") -> list[str]:
        """Return the events of a resource as ``ACTION_STATUS reason``, the oldest first."""
        rows = self.clouds.heat.events.list(self.id, resource_name=name, sort_dir="asc")
        return [f"{row.resource_status} {row.resource_status_reason}" for row in rows]

    def has_event(self, status: str, text: str, *, name: str = "server") -> bool:
        """Return whether an event has this status, and this text in its reason."""
        return any(event.startswith(status) and text in event for event in self.events(name))

    def server(self, status: str | None = None) -> Any:
        """Return the server. If a status is given, wait until the server is idle with it."""

        def is_idle(seen: Any) -> bool:
            return status is None or (seen.status == status and seen.task_state is None)

        return until(lambda: self.clouds.service.compute.get_server(self.physical["server"]), is_idle)

    def flavor(self) -> str:
        """Return the name of the server's flavor."""
        return str(self.server().flavor.original_name)

    def volume(self) -> Any:
        """Return the volume."""
        return self.clouds.service.block_storage.get_volume(self.physical["volume"])

    def is_unreplaced(self) -> bool:
        """Return whether every resource is the one that was created with the stack."""
        return self.clouds.physical(self.id) == self.physical

    def delete(self) -> None:
        """Delete the stack, and wait until it is deleted."""
        self.clouds.delete(self.id)


@dataclass
class Clouds:
    """The cloud and its Heat, as the owner of the stacks and as an administrator."""

    service: Connection
    admin: Connection
    heat: Any
    stacks: list[str] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=itertools.count)

    @classmethod
    def connect(cls, connection: Callable[[str], Connection], owner: str, admin: str) -> Self:
        """Return the clouds, with a function that opens connections."""
        service = connection(owner)
        return cls(service, connection(admin), Client("1", session=service.session, region_name="RegionOne"))

    def name(self, name: str) -> str:
        """Return a name that no other stack has or had: Heat frees a name a moment after DELETE_COMPLETE.

        The process id is part of it because other processes may test on the same cloud.
        """
        return f"plugin-{os.getpid()}-{name}-{next(self.numbers)}"

    def create(self, name: str, template: str = TEMPLATE, **parameters: Any) -> Stack:
        """Create a stack, and return it once it is complete."""
        stack = self.begin(name, template, **parameters)
        assert stack.until("CREATE_COMPLETE", "CREATE_FAILED").stack_status == "CREATE_COMPLETE", stack.events()
        stack.physical = self.physical(stack.id)
        return stack

    def begin(self, name: str, template: str = TEMPLATE, **parameters: Any) -> Stack:
        """Begin to create a stack."""
        full = self.name(name)
        asked = {"stack_name": full, "template": template, "environment": ENVIRONMENT, "disable_rollback": True}
        created = self.heat.stacks.create(**asked, parameters={"name": full, **parameters})
        self.stacks.append(created["stack"]["id"])
        return Stack(self, self.stacks[-1], template)

    def adopt(self, name: str, data: dict[str, Any]) -> Stack:
        """Create a stack from existing resources."""
        template = json.dumps(data["template"])
        asked = {"stack_name": self.name(name), "template": template, "adopt_stack_data": json.dumps(data)}
        self.stacks.append(self.heat.stacks.create(**asked, disable_rollback=True)["stack"]["id"])
        stack = Stack(self, self.stacks[-1], template)
        stack.until("ADOPT_COMPLETE")
        stack.physical = self.physical(stack.id)
        return stack

    def physical(self, stack_id: str) -> dict[str, str]:
        """Return the physical ids of a stack's resources."""
        return {row.resource_name: row.physical_resource_id for row in self.heat.resources.list(stack_id)}

    def delete(self, stack_id: str) -> None:
        """Delete a stack and wait until it is deleted, unless that was done."""
        if stack_id not in self.stacks:
            return
        try:
            self.heat.stacks.delete(stack_id)
            until(lambda: self.heat.stacks.get(stack_id).stack_status, lambda status: status == "DELETE_COMPLETE")
        except HTTPNotFound:
            # Soon after, Heat no longer finds it.
            pass
        self.stacks.remove(stack_id)


def until(observe: Callable[[], Any], wanted: Callable[[Any], bool], seconds: float = 100) -> Any:
    """Observe until ``wanted`` returns True, and return the last observation."""
    deadline = time.monotonic() + seconds
    while not wanted(seen := observe()):
        assert time.monotonic() < deadline, f"still {seen!r} after {seconds} s"
        time.sleep(0.1)
    return seen
