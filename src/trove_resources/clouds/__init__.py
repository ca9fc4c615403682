"""The only code that talks to OpenStack: one typed module per service, over keystoneauth's session."""

from dataclasses import dataclass

from trove_resources.clouds.compute import Compute
from trove_resources.clouds.dns import Dns, NoDns
from trove_resources.clouds.network import Network
from trove_resources.clouds.orchestration import Orchestration
from trove_resources.clouds.volume import BlockStorage

__all__ = ["BlockStorage", "Clouds", "Compute", "Dns", "Network", "NoDns", "Orchestration"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Clouds:
    """The services of one region."""

    compute: Compute
    network: Network
    volume: BlockStorage
    orchestration: Orchestration
    dns: Dns
