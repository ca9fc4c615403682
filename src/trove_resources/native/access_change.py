"""The flow that changes who may reach an instance."""

from taskflow.flow import Flow
from taskflow.patterns.linear_flow import Flow as LinearFlow

from trove_resources.clouds.network import Network
from trove_resources.inventory import InstanceRef
from trove_resources.native.steps.access import AddRules, DeleteFloatingIps, FindUserPort, ReadRules, RemoveRules
from trove_resources.native.steps.network import CreateFloatingIp
from trove_resources.settings import Settings
from trove_resources.spec import AccessSpec


def flow(network: Network, settings: Settings, instance: InstanceRef, access: AccessSpec) -> Flow:
    """What can be taken back comes first; what cannot, a floating IP given away, comes last."""
    whole = LinearFlow(f"update_access/{instance.instance_id}")
    if access.public:
        floating_ip = CreateFloatingIp(network, settings, instance.tenant_id, operation="update_access")
        whole.add(FindUserPort(network, instance), floating_ip)
    whole.add(ReadRules(network, settings, instance, access), AddRules(network), RemoveRules(network))
    if access.public is False:
        whole.add(DeleteFloatingIps(network, instance))
    return whole
