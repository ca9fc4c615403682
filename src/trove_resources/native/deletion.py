"""The flow that deletes everything an instance has."""

from taskflow.flow import Flow
from taskflow.patterns.linear_flow import Flow as LinearFlow
from taskflow.patterns.unordered_flow import Flow as UnorderedFlow

from trove_resources.clouds import Clouds
from trove_resources.flows.delete import CheckNothingIsLeft
from trove_resources.flows.dns_record import DeleteDnsRecord
from trove_resources.inventory import InstanceRef
from trove_resources.native.steps import delete
from trove_resources.settings import Settings


def flow(clouds: Clouds, settings: Settings, instance: InstanceRef) -> Flow:
    """The server, then side by side what it held; a security group only after the ports that have it."""
    arguments = (clouds, settings, instance)
    network = LinearFlow("delete/network")
    network.add(
        delete.DeleteFloatingIps(*arguments), delete.DeletePorts(*arguments), delete.DeleteSecurityGroups(*arguments)
    )
    rest = UnorderedFlow("delete/rest")
    rest.add(network, delete.DeleteVolumes(*arguments))
    if clouds.dns.enabled:
        rest.add(DeleteDnsRecord(*arguments))
    whole = LinearFlow(f"delete/{instance.instance_id}")
    whole.add(delete.DeleteServers(*arguments), rest, CheckNothingIsLeft())
    return whole
