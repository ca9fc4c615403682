"""A resource manager for small databases: an instance is one server, on a network that Nova chooses."""

from typing import ClassVar

from oslo_config import cfg
from taskflow.flow import Flow
from taskflow.patterns.linear_flow import Flow as LinearFlow

from toy_manager.spec import check
from toy_manager.steps import AwaitResized, AwaitServer, ConfirmResize, CreateServer, DeleteServers, ResizeServer
from trove_resources.contract import ResourceManager
from trove_resources.flows.delete import CheckNothingIsLeft
from trove_resources.inventory import InstanceRef, Inventory
from trove_resources.spec import FlavorSpec, InstanceSpec

__all__ = ["Toy"]


class Toy(ResourceManager):
    """Creates one server per instance, and nothing else."""

    name = "toy"
    options: ClassVar = (
        cfg.StrOpt(
            "toy_name_prefix",
            default="",
            help="The prefix of the names of new servers; the name of the instance follows.",
        ),
    )

    def provision(self, spec: InstanceSpec) -> Flow:
        """Create the server, and wait until it is ACTIVE."""
        named = check(spec, name_prefix=self.settings.options["toy_name_prefix"])
        return LinearFlow(f"provision/{spec.instance_id}").add(
            CreateServer(self.clouds.compute, self.settings, named),
            AwaitServer(self.clouds.compute, self.settings),
        )

    def delete(self, instance: InstanceRef) -> Flow:
        """Delete the server."""
        return LinearFlow(f"delete/{instance.instance_id}").add(
            DeleteServers(self.clouds, self.settings, instance), CheckNothingIsLeft()
        )

    def resize_flavor(self, instance: InstanceRef, flavor: FlavorSpec, verify: Flow) -> Flow:
        """Resize the server, run ``verify`` on it, confirm the resize, and wait until Nova has finished it."""
        return LinearFlow(f"resize_flavor/{instance.instance_id}/server").add(
            ResizeServer(self.clouds.compute, self.settings, instance, flavor),
            verify,
            ConfirmResize(self.clouds.compute, instance, flavor),
            AwaitResized(self.clouds.compute, self.settings),
        )

    def observe(self, instance: InstanceRef) -> Inventory:
        """Return the servers with the instance's tag."""
        return Inventory(servers=tuple(self.clouds.compute.find_servers(instance.instance_id)))
