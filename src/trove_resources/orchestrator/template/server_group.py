"""The template of a server group's stack."""

from typing import Final

from trove_resources import markers
from trove_resources.clouds.service import Json
from trove_resources.orchestrator.template import names

ID: Final = "group_id"
"""The name of the output that holds the group's id."""


def build(instance_id: str, policy: str) -> Json:
    """Return the template of the server group that an instance creates; ``policy`` as Nova names it."""
    properties = {"name": markers.server_group_name(instance_id), "policies": [policy]}
    return {
        "heat_template_version": names.HOT,
        "description": f"Server group of Trove instance {instance_id} and its replicas, template {names.VERSION}",
        "resources": {names.SERVER_GROUP: {"type": "OS::Nova::ServerGroup", "properties": properties}},
        "outputs": {ID: {"value": {"get_resource": names.SERVER_GROUP}}},
    }
