"""The stack of a server group."""

from typing import Final

from trove_resources import markers
from trove_resources.clouds.service import Json
from trove_resources.orchestrator.template import names

NAME: Final = "server_group"
ID: Final = "group_id"
"""The output that has it."""


def build(instance_id: str, policy: str) -> Json:
    """Return the template of the group that an instance makes: ``affinity`` or ``anti-affinity``."""
    properties = {"name": markers.server_group_name(instance_id), "policies": [policy]}
    return {
        "heat_template_version": names.HOT,
        "description": f"Server group of Trove instance {instance_id} and its replicas, template {names.VERSION}",
        "resources": {NAME: {"type": "OS::Nova::ServerGroup", "properties": properties}},
        "outputs": {ID: {"value": {"get_resource": NAME}}},
    }
