"""The flow that makes all resources of an instance."""

from taskflow.flow import Flow
from taskflow.patterns.linear_flow import Flow as LinearFlow
from taskflow.patterns.unordered_flow import Flow as UnorderedFlow

from trove_resources.clouds import Clouds
from trove_resources.flows.dns_record import CreateDnsRecord
from trove_resources.native.steps.network import (
    CheckRouter,
    CreateFloatingIp,
    CreatePort,
    CreateRules,
    CreateSecurityGroup,
)
from trove_resources.native.steps.server import AwaitServer, CreateServer
from trove_resources.native.steps.volume import AwaitVolume, CreateVolume
from trove_resources.settings import Settings
from trove_resources.spec import InstanceSpec, PortSpec, VolumeSpec


def flow(clouds: Clouds, settings: Settings, spec: InstanceSpec) -> Flow:
    """Volumes and network side by side, then the server on them, then its DNS record."""
    parts = UnorderedFlow("provision/parts")
    parts.add(_network(clouds, settings, spec))
    for volume in (spec.data_volume, spec.root_volume):
        if volume is not None:
            parts.add(_volume(clouds, settings, volume))
    whole = LinearFlow(f"provision/{spec.instance_id}")
    whole.add(parts, CreateServer(clouds, settings, spec), AwaitServer(clouds.compute, settings))
    if spec.dns and clouds.dns.enabled:
        whole.add(CreateDnsRecord(clouds, operation="provision"))
    return whole


def _network(clouds: Clouds, settings: Settings, spec: InstanceSpec) -> Flow:
    network = LinearFlow("provision/network")
    if spec.security_group is not None:
        network.add(CreateSecurityGroup(clouds.network, spec.security_group))
    ports = UnorderedFlow("provision/ports")
    for port in spec.ports:
        ports.add(_port(clouds, settings, spec, port))
    if spec.security_group is not None:
        ports.add(CreateRules(clouds.network, spec.security_group))
    network.add(ports)
    return network


def _port(clouds: Clouds, settings: Settings, spec: InstanceSpec, port: PortSpec) -> Flow:
    steps = LinearFlow(f"provision/{port.role}_port")
    steps.add(CreatePort(clouds.network, port))
    if port.role == "user" and settings.require_router:
        steps.add(CheckRouter(clouds.network))
    if port.role == "user" and spec.public:
        steps.add(CreateFloatingIp(clouds.network, settings, spec.tenant_id))
    return steps


def _volume(clouds: Clouds, settings: Settings, volume: VolumeSpec) -> Flow:
    steps = LinearFlow(f"provision/{volume.role}_volume")
    steps.add(CreateVolume(clouds.volume, settings, volume), AwaitVolume(clouds.volume, settings, volume.role))
    return steps
