"""The properties and attributes in which ``Trove::Nova::Server`` differs from ``OS::Nova::Server``."""

from typing import Any

from heat.engine import attributes, constraints, properties
from heat.engine.resources.openstack.nova import server

from trove_resources_heat.validation import without_constraints

RESIZE_TIMEOUT = "resize_timeout"
RESIZE_STATE, OPERATIONS, PLUGIN_VERSION = "resize_state", "operations", "plugin_version"

MAY_BE_DELETED = ("glance.image", "nova.flavor", "nova.keypair", "cinder.snapshot")
"""Constraints on what a server is created from, and does not need afterwards."""

PROPERTIES: dict[str, Any] = {
    **without_constraints(server.Server.properties_schema, MAY_BE_DELETED),
    RESIZE_TIMEOUT: properties.Schema(
        properties.Schema.INTEGER,
        "Seconds that a server at VERIFY_RESIZE waits for a confirm or revert signal before it is reverted.",
        default=600,
        update_allowed=True,
        constraints=[constraints.Range(min=1)],
    ),
}


def _attribute(description: str, kind: str) -> Any:
    # Not cached by Heat: the values change without an update.
    return attributes.Schema(description, type=kind, cache_mode=attributes.Schema.CACHE_NONE)


ATTRIBUTES: dict[str, Any] = {
    **server.Server.attributes_schema,
    RESIZE_STATE: _attribute(
        "The latest resize or migration: id, operation, goal, status (MOVING, WAITING, CONFIRMED, REVERTED or FAILED), "
        "deadline (when it is reverted unless it is confirmed before), reason, and the current server_status. Empty "
        "before the first one.",
        attributes.Schema.MAP,
    ),
    OPERATIONS: _attribute(
        "The latest operation of each kind that a signal began: id, status (IN_PROGRESS, COMPLETE or FAILED), reason, "
        "at.",
        attributes.Schema.MAP,
    ),
    PLUGIN_VERSION: _attribute(
        "The version of trove-resources-heat that the engine runs.",
        attributes.Schema.STRING,
    ),
}
