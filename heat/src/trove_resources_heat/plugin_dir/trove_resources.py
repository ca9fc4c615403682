"""The resource types that heat-engine finds in this directory, and their classes."""

from trove_resources_heat.server import TroveServer
from trove_resources_heat.volume import TroveVolume


def resource_mapping() -> dict[str, type]:
    """Return the resource classes by type. heat-engine looks for a function of this name."""
    return {"Trove::Nova::Server": TroveServer, "Trove::Cinder::Volume": TroveVolume}
