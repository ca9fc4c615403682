"""Changes of a template. Each function returns a copy with one change; everything else stays as it was read back."""

import copy
from collections.abc import Sequence

from trove_resources.clouds.service import Json
from trove_resources.orchestrator.template import names, network

Rules = Sequence[Json]
"""Rules of a security group, as they stand in a template."""


def with_flavor(template: Json, flavor_id: str, verify_seconds: int | None) -> Json:
    """Return the template with another flavor; the plug-in waits ``verify_seconds`` for a confirmation of it."""
    properties: Json = {"flavor": flavor_id}
    if verify_seconds is not None:
        properties["resize_timeout"] = verify_seconds
    return _with_properties(template, names.SERVER, properties)


def with_size(template: Json, size: int) -> Json:
    """Return the template with another size of the data volume, in GiB."""
    return _with_properties(template, names.DATA_VOLUME, {"size": size})


def with_image(template: Json, image_id: str) -> Json:
    """Return the template with another image; unchanged if the server boots from a volume."""
    if names.ROOT_VOLUME in template["resources"]:
        return template
    return _with_properties(template, names.SERVER, {"image": image_id})


def with_user_data(template: Json, user_data: Json) -> Json:
    """Return the template with another ``user_data`` property of the server."""
    return _with_properties(template, names.SERVER, {"user_data": user_data})


def with_rules(template: Json, rules: Rules) -> Json:
    """Return the template with other rules in the security group."""
    return _with_properties(template, names.SECURITY_GROUP, {"rules": list(rules)})


def with_floating_ip(template: Json, floating_ip: Json) -> Json:
    """Return the template with a floating IP. If it has one, that one stays."""
    changed = copy.deepcopy(template)
    changed["resources"].setdefault(names.FLOATING_IP, floating_ip)
    changed["outputs"].setdefault(network.FLOATING_ADDRESS, {"value": network.floating_address()})
    return changed


def without_floating_ip(template: Json) -> Json:
    """Return the template without a floating IP."""
    changed = copy.deepcopy(template)
    changed["resources"].pop(names.FLOATING_IP, None)
    changed["outputs"].pop(network.FLOATING_ADDRESS, None)
    return changed


def properties(template: Json, name: str) -> Json:
    """Return the properties of a resource; empty if the template does not have it."""
    found: Json = template["resources"].get(name, {}).get("properties", {})
    return found


def _with_properties(template: Json, name: str, properties: Json) -> Json:
    changed = copy.deepcopy(template)
    changed["resources"][name]["properties"].update(properties)
    return changed
