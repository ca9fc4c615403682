"""The flow that makes all resources of an instance."""

from taskflow.flow import Flow
from taskflow.patterns.linear_flow import Flow as LinearFlow

from trove_resources.clouds import Clouds
from trove_resources.clouds.service import Json
from trove_resources.flows.dns_record import CreateDnsRecord
from trove_resources.markers import Owner
from trove_resources.orchestrator import template
from trove_resources.orchestrator.stacks import Stacks
from trove_resources.orchestrator.steps.dns_record import NoteRecord, ReadAddresses
from trove_resources.orchestrator.steps.stack import AwaitStack, CreateStack, Note
from trove_resources.orchestrator.template import names, network
from trove_resources.spec import InstanceSpec


def flow(clouds: Clouds, stacks: Stacks, spec: InstanceSpec) -> Flow:
    """One stack; then what it made is noted, and the DNS record made, if the stack does not have it.

    Raises InvalidSpecError.
    """
    recordset = clouds.dns.recordset(spec.instance_id) if spec.dns and spec.port("user") else None
    public_network_id = stacks.settings.public_network_id
    if spec.public:
        network.checked(public_network_id)

    def build(owner: Owner) -> tuple[Json, Json]:
        types = names.PLUG_IN if clouds.orchestration.has_type(names.PLUG_IN.server) else names.STOCK
        return template.build(spec, owner, types=types, public_network_id=public_network_id, recordset=recordset)

    whole = LinearFlow(f"provision/{spec.instance_id}")
    whole.add(CreateStack(stacks, spec.instance_id, build, version=names.VERSION), AwaitStack(stacks, spec.instance_id))
    if spec.data_volume is not None:
        whole.add(Note("data_volume", "volume_id", f"{names.volume('data')}_id"))
    whole.add(Note("server", "server_id", "server_id"))
    if recordset is not None:
        whole.add(NoteRecord(recordset))
    elif spec.dns and clouds.dns.enabled:
        whole.add(ReadAddresses(), CreateDnsRecord(clouds, operation="provision"))
    return whole
