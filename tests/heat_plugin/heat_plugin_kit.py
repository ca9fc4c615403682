"""Kit for tests of the Heat plug-in: stacks of one server with its port, security group and volume."""

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
    # Heat's client imports what warns when it is imported, but only the first time.
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
    """One stack, with the parameters it has."""

    clouds: "Clouds"
    id: str
    template: str
    physical: dict[str, str] = field(default_factory=dict)
    """Resource ids when the stack was created. They never change."""

    def update(
        self,
        template: str | None = None,
        *,
        environment: Any = None,
        rollback: bool = False,
        minutes: int | None = None,
        **given: Any,
    ) -> None:
        """Start an update that changes only these parameters."""
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
        """Return the stack once its status is one of these."""
        return until(lambda: self.clouds.heat.stacks.get(self.id), lambda seen: seen.stack_status in wanted, seconds)

    def resource(self, name: str = "server") -> Any:
        """Return a resource with its attributes."""
        return self.clouds.heat.resources.get(self.id, name, with_attr=["resize_state", "operations", "plugin_version"])

    def attribute(self, name: str) -> Any:
        """Return an attribute of the server's resource."""
        return self.resource().attributes[name]

    def gate(self) -> dict[str, Any]:
        """Return the server's resize_state once it waits for a decision."""
        seen: dict[str, Any] = until(lambda: self.attribute("resize_state"), lambda row: row.get("status") == "WAITING")
        return seen

    def signal(self, action: str, *, name: str = "server", **given: Any) -> None:
        """Send a signal."""
        self.clouds.heat.resources.signal(self.id, name, data={"action": action, **given})

    def refused(self, action: Any, **given: Any) -> tuple[int, str]:
        """Send a signal that must be refused, and return the status and the message."""
        try:
            self.signal(action, **given)
        except HTTPException as error:
            return error.code, str(error)
        raise AssertionError(f"{action} was not refused")

    def operation(self, action: str, **wanted: Any) -> dict[str, Any]:
        """Return the latest operation of a kind once it has completed."""
        seen: dict[str, Any] = until(
            lambda: self.attribute("operations").get(action, {}),
            lambda row: row.get("status") in ("COMPLETE", "FAILED") and wanted.items() <= row.items(),
        )
        return seen

    def reasons(self, name: str = "server") -> list[str]:
        """Return the events of a resource as ``ACTION_STATUS reason``, oldest first."""
        rows = self.clouds.heat.events.list(self.id, resource_name=name, sort_dir="asc")
        return [f"{row.resource_status} {row.resource_status_reason}" for row in rows]

    def said(self, status: str, text: str, *, name: str = "server") -> bool:
        """Return whether an event has a status and a text in its reason."""
        return any(reason.startswith(status) and text in reason for reason in self.reasons(name))

    def server(self, status: str | None = None) -> Any:
        """Return the server once it is idle, and has the wanted status if one is given."""

        def rests(seen: Any) -> bool:
            return status is None or (seen.status == status and seen.task_state is None)

        return until(lambda: self.clouds.service.compute.get_server(self.physical["server"]), rests)

    def flavor(self) -> str:
        """Return the name of the server's flavor."""
        return str(self.server().flavor.original_name)

    def volume(self) -> Any:
        """Return the volume."""
        return self.clouds.service.block_storage.get_volume(self.physical["volume"])

    def is_whole(self) -> bool:
        """Return whether no resource was replaced since the stack was created."""
        return self.clouds.physical(self.id) == self.physical

    def delete(self) -> None:
        """Delete the stack, and wait until it is deleted."""
        self.clouds.delete(self.id)


@dataclass
class Clouds:
    """Connections of the stacks' owner and of an administrator to a cloud and its Heat."""

    service: Connection
    admin: Connection
    heat: Any
    stacks: list[str] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=itertools.count)

    @classmethod
    def connect(cls, connection: Callable[[str], Connection], owner: str, admin: str) -> Self:
        """Connect with a function that returns the connection of a user."""
        service = connection(owner)
        return cls(service, connection(admin), Client("1", session=service.session, region_name="RegionOne"))

    def name(self, name: str) -> str:
        """Return a stack name that was never used: Heat frees a name shortly after DELETE_COMPLETE.

        Other processes may test on the same cloud.
        """
        return f"plugin-{os.getpid()}-{name}-{next(self.numbers)}"

    def create(self, name: str, template: str = TEMPLATE, **parameters: Any) -> Stack:
        """Create a stack and return it once it is complete."""
        stack = self.begin(name, template, **parameters)
        assert stack.until("CREATE_COMPLETE", "CREATE_FAILED").stack_status == "CREATE_COMPLETE", stack.reasons()
        stack.physical = self.physical(stack.id)
        return stack

    def begin(self, name: str, template: str = TEMPLATE, **parameters: Any) -> Stack:
        """Start the creation of a stack."""
        full = self.name(name)
        asked = {"stack_name": full, "template": template, "environment": ENVIRONMENT, "disable_rollback": True}
        made = self.heat.stacks.create(**asked, parameters={"name": full, **parameters})
        self.stacks.append(made["stack"]["id"])
        return Stack(self, self.stacks[-1], template)

    def adopt(self, name: str, data: dict[str, Any]) -> Stack:
        """Adopt existing resources into a stack."""
        template = json.dumps(data["template"])
        asked = {"stack_name": self.name(name), "template": template, "adopt_stack_data": json.dumps(data)}
        self.stacks.append(self.heat.stacks.create(**asked, disable_rollback=True)["stack"]["id"])
        stack = Stack(self, self.stacks[-1], template)
        stack.until("ADOPT_COMPLETE")
        stack.physical = self.physical(stack.id)
        return stack

    def physical(self, stack_id: str) -> dict[str, str]:
        """Return the physical ids of a stack's resources by name."""
        return {row.resource_name: row.physical_resource_id for row in self.heat.resources.list(stack_id)}

    def delete(self, stack_id: str) -> None:
        """Delete a stack unless it is already deleted, and wait until it is deleted."""
        if stack_id not in self.stacks:
            return
        try:
            self.heat.stacks.delete(stack_id)
            until(lambda: self.heat.stacks.get(stack_id).stack_status, lambda status: status == "DELETE_COMPLETE")
        except HTTPNotFound:
            # Heat forgets it soon after.
            pass
        self.stacks.remove(stack_id)


def until(observe: Callable[[], Any], wanted: Callable[[Any], bool], seconds: float = 100) -> Any:
    """Observe until ``wanted`` returns True, and return the last observation."""
    deadline = time.monotonic() + seconds
    while not wanted(seen := observe()):
        assert time.monotonic() < deadline, f"still {seen!r} after {seconds} s"
        time.sleep(0.1)
    return seen
