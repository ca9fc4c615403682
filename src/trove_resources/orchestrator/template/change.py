"""Templates with one thing changed. All else is as it was read back: each returns a changed copy."""

import copy
from collections.abc import Sequence

from trove_resources.clouds.dns import RecordSet
from trove_resources.clouds.service import Json
from trove_resources.orchestrator.template import names, network

Rules = Sequence[Json]
"""Rules of a security group, as a template has them."""


def with_flavor(template: Json, flavor_id: str, verify_seconds: int | None) -> Json:
    """The server with another flavor; with the plug-in, it waits so many seconds for a decision."""
    properties: Json = {"flavor": flavor_id}
    if verify_seconds is not None:
        properties["resize_timeout"] = verify_seconds
    return _with_properties(template, names.SERVER, properties)


def with_size(template: Json, size: int) -> Json:
    """The data volume with another size, in GiB."""
    return _with_properties(template, names.volume("data"), {"size": size})


def with_image(template: Json, image_id: str) -> Json:
    """The server on another image; of one that boots from a volume the template says only what that was made from."""
    if names.volume("root") in template["resources"]:
        return template
    return _with_properties(template, names.SERVER, {"image": image_id})


def with_user_data(template: Json, user_data: Json) -> Json:
    """The server with another way to fill in its user data."""
    return _with_properties(template, names.SERVER, {"user_data": user_data})


def with_rules(template: Json, rules: Rules) -> Json:
    """The security group with other rules."""
    return _with_properties(template, names.SECURITY_GROUP, {"rules": list(rules)})


def with_floating_ip(template: Json, floating_ip: Json | None) -> Json:
    """The stack with a floating IP, or without; one that it has already stays."""
    return _with_resource(template, names.FLOATING_IP, floating_ip, floating_address=network.floating_address())


def with_record(template: Json, recordset: RecordSet, address: str | None) -> Json:
    """The stack with a DNS record of an address, or without; one that it has already stays."""
    record = network.dns_record(recordset, address) if address else None
    return _with_resource(template, names.DNS_RECORD, record, hostname=recordset.name.rstrip("."))


def properties(template: Json, name: str) -> Json:
    """Return the properties of a resource; none of one that is not there."""
    found: Json = template["resources"].get(name, {}).get("properties", {})
    return found


def _with_properties(template: Json, name: str, changed: Json) -> Json:
    made = copy.deepcopy(template)
    made["resources"][name]["properties"].update(changed)
    return made


def _with_resource(template: Json, name: str, resource: Json | None, **outputs: object) -> Json:
    """Return it with a resource, and with what outputs say of it; with neither when there is none."""
    made = copy.deepcopy(template)
    values = {key: {"value": value} for key, value in outputs.items()}
    for section, added in (("resources", {name: resource}), ("outputs", values)):
        for key, value in added.items():
            if resource is None:
                made[section].pop(key, None)
            else:
                made[section].setdefault(key, value)
    return made
