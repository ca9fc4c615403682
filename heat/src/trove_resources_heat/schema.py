"""The properties and attributes that ``Trove::Nova::Server`` has beside, or other than, ``OS::Nova::Server``."""

from typing import Any

from heat.engine import attributes, constraints, properties
from heat.engine.resources.openstack.nova import server

from trove_resources_heat.relaxed import without

RESIZE_TIMEOUT = "resize_timeout"
RESIZE_STATE, OPERATIONS, PLUGIN_VERSION = "resize_state", "operations", "plugin_version"

GONE_BY_NOW = ("glance.image", "nova.flavor", "nova.keypair", "cinder.snapshot")
"""What a server was made of, or with, and does without."""

PROPERTIES: dict[str, Any] = {
    **without(server.Server.properties_schema, GONE_BY_NOW),
    RESIZE_TIMEOUT: properties.Schema(
        properties.Schema.INTEGER,
        "Seconds a server at VERIFY_RESIZE waits for the signal confirm or revert; after that it is reverted.",
        default=600,
        update_allowed=True,
        constraints=[constraints.Range(min=1)],
    ),
}


def _attribute(description: str, kind: str) -> Any:
    # Never from Heat's cache: what they say changes without an update.
    return attributes.Schema(description, type=kind, cache_mode=attributes.Schema.CACHE_NONE)


ATTRIBUTES: dict[str, Any] = {
    **server.Server.attributes_schema,
    RESIZE_STATE: _attribute(
        "The latest resize or migration: id, operation, goal, status (MOVING, WAITING, CONFIRMED, REVERTED or FAILED), "
        "deadline (when it is reverted unless it is confirmed), reason; and the server_status now. Empty at first.",
        attributes.Schema.MAP,
    ),
    OPERATIONS: _attribute(
        "The latest signal of each kind: id, status (IN_PROGRESS, COMPLETE or FAILED), reason, at.",
        attributes.Schema.MAP,
    ),
    PLUGIN_VERSION: _attribute("The version of trove-resources-heat in the engine.", attributes.Schema.STRING),
}
