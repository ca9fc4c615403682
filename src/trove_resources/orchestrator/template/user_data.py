"""User data that describes the user port: Heat fills in the description once the port exists.

The user data is rendered for a port with a placeholder as its MAC address. Trove writes the description of a port into
a file of its own, as one JSON object, and the cloud-config contains that file in base64. This module decodes the file,
so that Heat can replace the placeholder object by the real one.
"""

import base64
import json
from collections.abc import Callable, Iterator
from typing import Any, Final

import yaml

from trove_resources.clouds.service import Json
from trove_resources.errors import InvalidSpecError
from trove_resources.orchestrator.template import names
from trove_resources.spec import Nic

PLACEHOLDER: Final = Nic(mac_address="trove-resources-user-port")
PLACEHOLDER_FILE: Final = json.dumps({"mac_address": PLACEHOLDER.mac_address})
"""The file's content, as it is rendered for the placeholder."""
HEADER: Final = "#cloud-config\n"

ADDRESSES: Final = 3
"""How many addresses of the port are described: a port has one IPv4 address, and an IPv6 address per routed subnet."""
_NOTHING: Final = "mac_address"
"""The name given to unwanted keys: the MAC address then overwrites them."""
# With SLAAC and stateless DHCP, router advertisements announce the route.
_RENAMED: Final = (
    {"ipv4_gateway_": "ipv4_gateway", "ipv6_gateway_dhcpv6-stateful": "ipv6_gateway"}
    | {f"ipv6_gateway_{mode}": _NOTHING for mode in ("", "slaac", "dhcpv6-stateless")}
    | {f"ipv_{word}": _NOTHING for word in ("address", "cidr", "host_routes", "gateway_")}
)


def render(user_data: Callable[[Nic | None], str], *, isolated: bool) -> tuple[str, Json]:
    """Return the value of the template's parameter, and the server's property. Raises InvalidSpecError."""
    parameter: Json = {"get_param": names.USER_DATA}
    if not isolated:
        return user_data(None), parameter
    property_ = {"str_replace": {"template": parameter, "params": {PLACEHOLDER_FILE: _description_of(names.USER_PORT)}}}
    return _with_plain_file(user_data(PLACEHOLDER)), property_


def _description_of(port: str) -> Json:
    """Return the functions that result in one object with all addresses of the port, with stock Trove's keys.

    Heat's functions cannot branch on an attribute's value, so the value becomes part of the key, and keys are renamed.
    YAQL could, but it is not safe in Heat's threads: concurrent parses disturb each other (yaql 3.2.0, Heat 27.0.1).
    """
    parts = [each for index in range(ADDRESSES) for each in _address_parts(port, index)]
    return {"map_merge": [*parts, {"mac_address": {"get_attr": [port, "mac_address"]}}]}


def _address_parts(port: str, index: int) -> Iterator[Json]:
    """Yield the description of one address and its subnet, key by key; empty if the port has no such address."""

    def of_subnet(name: str) -> Json:
        return {"get_attr": [port, "subnets", index, name]}

    values = {name: of_subnet(name) for name in ("cidr", "host_routes")}
    values |= {"address": {"get_attr": [port, "fixed_ips", index, "ip_address"]}, "gateway_@": of_subnet("gateway_ip")}
    attributes = {"#": of_subnet("ip_version"), "@": of_subnet("ipv6_ra_mode")}
    for name, value in values.items():
        key = {"str_replace": {"template": f"ipv#_{name}", "params": attributes}}
        # A map per key: two keys of one map must not be renamed to the same name.
        yield {"map_replace": [{"map_replace": [{name: value}, {"keys": {name: key}}]}, {"keys": _RENAMED}]}


def _with_plain_file(text: str) -> str:
    """Return the cloud-config with the placeholder file as a literal block, neither folded nor quoted, not base64."""
    loaded: Any = yaml.safe_load(text)
    config: Json = loaded if isinstance(loaded, dict) else {}
    files = config.pop("write_files", None) or []
    placeholders = [each for each in files if _content(each) == PLACEHOLDER_FILE]
    if not placeholders:
        raise InvalidSpecError("network_isolation", "the user data has no file that describes the user port")
    others = [each for each in files if each not in placeholders]
    parts = [yaml.safe_dump(each, sort_keys=False) for each in (config, others) if each]
    parts.insert(1 if config else 0, "write_files:\n")
    return HEADER + "".join(parts) + "".join(map(_item, placeholders))


def _content(file: Json) -> str:
    content = str(file.get("content", ""))
    return base64.b64decode(content).decode() if file.get("encoding") in ("b64", "base64") else content


def _item(file: Json) -> str:
    attributes = {key: value for key, value in file.items() if key not in ("content", "encoding")}
    (first, *rest) = yaml.safe_dump(attributes, sort_keys=False).splitlines()
    lines = [f"- {first}", *(f"  {line}" for line in rest), "  content: |-", f"    {PLACEHOLDER_FILE}"]
    return "".join(f"{line}\n" for line in lines)
