"""Heat of a lab or of a real cloud, through Heat's own client."""

import time
import warnings
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from openstack.config import OpenStackConfig
from openstack.connection import Connection

with warnings.catch_warnings():
    # Trove and its client import eventlet, which warns the first time it is imported.
    warnings.simplefilter("ignore")
    from heatclient.client import Client
    from heatclient.exc import HTTPBadRequest, HTTPNotFound

from trove_lab.local.lab import Lab

TEMPLATE = Path(__file__).with_name("whole.yaml").read_text()
"""A server with a port, a security group, a volume and a recordset."""

LISTED = 10.0
"""Seconds until Heat no longer lists a stack that it has deleted."""


@dataclass
class Stacks:
    """Heat and the cloud below it, as one user sees them."""

    client: Any
    cloud: Connection
    """The cloud's other services."""
    made: list[str] = field(default_factory=list)
    """Ids of the stacks to delete after the test."""

    def create(self, name: str, template: str = TEMPLATE, **parameters: Any) -> str:
        """Begin to create a stack, and return its id."""
        given = {"name": name, **parameters}
        made = self.client.stacks.create(stack_name=name, template=template, parameters=given)["stack"]
        self.made.append(str(made["id"]))
        return self.made[-1]

    def update(self, stack_id: str, template: str = TEMPLATE, **parameters: Any) -> None:
        """Begin an update that changes only these parameters."""
        self.client.stacks.update(stack_id, template=template, parameters=parameters, existing=True)

    def until(self, stack_id: str, wanted: str, *, seconds: float = 100) -> Any:
        """Return the stack once its status is ``wanted``; fail if it ends in another one."""
        deadline = time.monotonic() + seconds
        while (seen := self.client.stacks.get(stack_id)).stack_status != wanted:
            assert not seen.stack_status.endswith("_FAILED"), f"{seen.stack_status}: {seen.stack_status_reason}"
            assert time.monotonic() < deadline, f"still {seen.stack_status} after {seconds} s"
            time.sleep(0.1)
        return seen

    def until_gone(self, stack_id: str) -> None:
        """Return once the stack is deleted or abandoned, and its name is free, which takes a moment longer."""
        with suppress(HTTPNotFound):
            self.until(stack_id, "DELETE_COMPLETE")
        deadline = time.monotonic() + LISTED
        while any(stack.id == stack_id for stack in self.client.stacks.list()):
            assert time.monotonic() < deadline, f"the stack is gone, and listed still after {LISTED} s"
            time.sleep(0.1)

    def delete(self, stack_id: str) -> None:
        """Delete the stack, and return when it is gone."""
        try:
            self.client.stacks.delete(stack_id)
        except HTTPNotFound:
            return
        except HTTPBadRequest as error:
            # Heat's answer for a stack that is being deleted at this moment.
            assert error.error["error"]["type"] == "AttributeError", error  # noqa: PT017 - not what is tested
        self.until_gone(stack_id)

    def physical(self, stack_id: str) -> dict[str, str]:
        """Return the physical ids of the stack's resources by name."""
        return {each.resource_name: each.physical_resource_id for each in self.client.resources.list(stack_id)}

    def delete_all(self) -> None:
        """Delete all stacks that were created."""
        while self.made:
            self.delete(self.made.pop())

    def inventory(self) -> dict[str, list[dict[str, Any]]]:
        """Return what the existing stacks hold in the cloud, without empty kinds."""
        raise NotImplementedError


@dataclass
class LabStacks(Stacks):
    """Heat of a lab, which no one else uses."""

    lab: Lab = field(kw_only=True)

    def delete_all(self) -> None:
        """Delete every stack, including those whose create was not answered."""
        for stack in self.client.stacks.list():
            self.delete(stack.id)

    def inventory(self) -> dict[str, list[dict[str, Any]]]:
        """Return everything the cloud holds beside its seed."""
        return {kind: rows for kind, rows in self.lab.control.get("inventory").items() if rows}


@dataclass
class RealStacks(Stacks):
    """Heat of a real cloud. Others use it, too: resources of other stacks are ignored."""

    seen: set[str] = field(default_factory=set)
    """Ids of the resources that the stacks had."""

    def delete_all(self) -> None:
        """Delete all stacks that were created, and remember their resources."""
        for stack_id in self.made:
            self.seen.update(self._had(stack_id))
        super().delete_all()

    def inventory(self) -> dict[str, list[dict[str, Any]]]:
        """Return which of the stacks' resources still exist."""
        for stack_id in self.made:
            self.seen.update(self._had(stack_id))
        network = self.cloud.network
        zone = self.cloud.dns.find_zone("db.example.test.", ignore_missing=False)
        kinds: dict[str, Any] = {
            "servers": self.cloud.compute.servers(),
            "volumes": self.cloud.block_storage.volumes(),
            "ports": network.ports(),
            "security_groups": network.security_groups(),
            "floating_ips": network.ips(),
            "recordsets": self.cloud.dns.recordsets(zone),
        }
        held = {kind: [_plain(row) for row in rows if row.id in self.seen] for kind, rows in kinds.items()}
        held["security_group_rules"] = [
            {"id": rule["id"]}
            for group in held["security_groups"]
            for rule in network.get_security_group(group["id"]).security_group_rules
        ]
        return {kind: rows for kind, rows in held.items() if rows}

    def _had(self, stack_id: str) -> Iterable[str]:
        try:
            return self.physical(stack_id).values()
        except HTTPNotFound:
            return ()


def _plain(row: Any) -> dict[str, Any]:
    names = ("id", "status", "project_id", "floating_ip_address")
    return {name: getattr(row, name) for name in names if hasattr(row, name)}


def connect(lab: Lab, user: str) -> LabStacks:
    """Return the Heat of a lab, as a user sees it."""
    cloud = Connection(config=OpenStackConfig(config_files=[str(lab.clouds_yaml)]).get_one(user))
    return LabStacks(_client(cloud), cloud, lab=lab)


def connect_real(connections: Mapping[str, Connection], user: str) -> RealStacks:
    """Return the Heat of a real cloud, as a user sees it."""
    return RealStacks(_client(connections[user]), connections[user])


def _client(connection: Connection) -> Any:
    return Client("1", session=connection.session, region_name="RegionOne")
