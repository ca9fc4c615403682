"""What heat-engine finds in the folder: the types of resources, and their classes."""

from trove_resources_heat.server import TroveServer
from trove_resources_heat.volume import TroveVolume


def resource_mapping() -> dict[str, type]:
    """Return the classes by type; heat-engine looks for this name."""
    return {"Trove::Nova::Server": TroveServer, "Trove::Cinder::Volume": TroveVolume}
