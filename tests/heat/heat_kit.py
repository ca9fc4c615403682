"""Heat on a lab, by its client."""

import time
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openstack.config import OpenStackConfig
from openstack.connection import Connection

with warnings.catch_warnings():
    # Trove and its client import eventlet, which warns when it is imported, but only the first time.
    warnings.simplefilter("ignore")
    from heatclient.client import Client
    from heatclient.exc import HTTPNotFound

from trove_lab.local.lab import Lab

TEMPLATE = Path(__file__).with_name("whole.yaml").read_text()
"""A server with a port, a security group, a volume and a recordset."""


@dataclass
class Stacks:
    """Heat, as the user ``trove`` sees it, and the cloud below."""

    lab: Lab
    client: Any
    cloud: Connection
    """The cloud, as the same user sees it."""

    def create(self, name: str, template: str = TEMPLATE, **parameters: Any) -> str:
        """Begin a stack and return its id."""
        given = {"name": name, **parameters}
        return str(self.client.stacks.create(stack_name=name, template=template, parameters=given)["stack"]["id"])

    def update(self, stack_id: str, template: str = TEMPLATE, **parameters: Any) -> None:
        """Begin an update that changes these parameters alone."""
        self.client.stacks.update(stack_id, template=template, parameters=parameters, existing=True)

    def until(self, stack_id: str, wanted: str, *, seconds: float = 40) -> Any:
        """Return the stack once its status is ``wanted``; fail when it ends otherwise."""
        deadline = time.monotonic() + seconds
        while (seen := self.client.stacks.get(stack_id)).stack_status != wanted:
            assert not seen.stack_status.endswith("_FAILED"), f"{seen.stack_status}: {seen.stack_status_reason}"
            assert time.monotonic() < deadline, f"still {seen.stack_status} after {seconds} s"
            time.sleep(0.1)
        return seen

    def until_gone(self, stack_id: str) -> None:
        """Return once the stack has been deleted, or abandoned."""
        try:
            self.until(stack_id, "DELETE_COMPLETE")
        except HTTPNotFound:
            return

    def delete(self, stack_id: str) -> None:
        """Delete the stack, to its end, which may have come already."""
        try:
            self.client.stacks.delete(stack_id)
        except HTTPNotFound:
            return
        self.until_gone(stack_id)

    def physical(self, stack_id: str) -> dict[str, str]:
        """Return the ids in the cloud of the stack's resources, by their names."""
        return {each.resource_name: each.physical_resource_id for each in self.client.resources.list(stack_id)}

    def inventory(self) -> dict[str, list[dict[str, Any]]]:
        """Return what the cloud holds, without the kinds it has nothing of."""
        return {kind: rows for kind, rows in self.lab.control.get("inventory").items() if rows}


def connect(lab: Lab, user: str) -> Stacks:
    """Return Heat as a user sees it."""
    config = OpenStackConfig(config_files=[str(lab.clouds_yaml)]).get_one(user)
    client = Client("1", session=config.get_session(), region_name="RegionOne")
    return Stacks(lab, client, Connection(config=config))
