"""User data that says what the user port is: Heat fills it in, once there is a port.

Whoever renders user data is given a port with a mark in the place of its MAC address. Trove writes what it is told of a
port into a file of its own, as one JSON object, and that file stands in base64 in a cloud-config. Here it is taken out
of the base64, so that Heat can put the true object in the place of the marked one.
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

MARKED: Final = Nic(mac_address="trove-resources-user-port")
MARKED_FILE: Final = json.dumps({"mac_address": MARKED.mac_address})
"""The file's content, as it is rendered for the marked port."""
HEADER: Final = "#cloud-config\n"

ADDRESSES: Final = 3
"""Of how many addresses of the port Heat tells: a port has one of IPv4, and one of IPv6 a subnet that hands out routes.
"""
_NOTHING: Final = "mac_address"
"""What a key is called that is not wanted: the MAC address then takes its place."""
# With SLAAC and stateless DHCP the route comes with the router's advertisement.
_RENAMED: Final = (
    {"ipv4_gateway_": "ipv4_gateway", "ipv6_gateway_dhcpv6-stateful": "ipv6_gateway"}
    | {f"ipv6_gateway_{mode}": _NOTHING for mode in ("", "slaac", "dhcpv6-stateless")}
    | {f"ipv_{word}": _NOTHING for word in ("address", "cidr", "host_routes", "gateway_")}
)


def render(user_data: Callable[[Nic | None], str], *, isolated: bool) -> tuple[str, Json]:
    """Return the value of the template's parameter, and what the server's property is. Raises InvalidSpecError."""
    parameter: Json = {"get_param": names.USER_DATA}
    if not isolated:
        return user_data(None), parameter
    property_ = {"str_replace": {"template": parameter, "params": {MARKED_FILE: _about_port(names.port("user"))}}}
    return _uncovered(user_data(MARKED)), property_


def _about_port(port: str) -> Json:
    """Return what Heat makes one object of all the port's addresses of, in stock Trove's words.

    Its functions cannot choose by an attribute's value, so the value becomes part of the key, and keys are renamed.
    YAQL could, but of what Heat's threads parse at the same time one disturbs the other (yaql 3.2.0, Heat 27.0.1).
    """
    about = [each for index in range(ADDRESSES) for each in _about_address(port, index)]
    return {"map_merge": [*about, {"mac_address": {"get_attr": [port, "mac_address"]}}]}


def _about_address(port: str, index: int) -> Iterator[Json]:
    """Yield what is told of one address and its subnet, each with its key; of none it is nothing."""

    def of_subnet(name: str) -> Json:
        return {"get_attr": [port, "subnets", index, name]}

    values = {name: of_subnet(name) for name in ("cidr", "host_routes")}
    values |= {"address": {"get_attr": [port, "fixed_ips", index, "ip_address"]}, "gateway_@": of_subnet("gateway_ip")}
    attributes = {"#": of_subnet("ip_version"), "@": of_subnet("ipv6_ra_mode")}
    for name, value in values.items():
        key = {"str_replace": {"template": f"ipv#_{name}", "params": attributes}}
        # One by one: no two of a map may be renamed to the same.
        yield {"map_replace": [{"map_replace": [{name: value}, {"keys": {name: key}}]}, {"keys": _RENAMED}]}


def _uncovered(text: str) -> str:
    """Return a cloud-config whose marked file is not in base64, but a block of its own: neither folded nor quoted."""
    loaded: Any = yaml.safe_load(text)
    config: Json = loaded if isinstance(loaded, dict) else {}
    files = config.pop("write_files", None) or []
    marked = [each for each in files if _content(each) == MARKED_FILE]
    if not marked:
        raise InvalidSpecError("network_isolation", "the user data has no file about the user port to fill in")
    others = [each for each in files if each not in marked]
    parts = [yaml.safe_dump(each, sort_keys=False) for each in (config, others) if each]
    parts.insert(1 if config else 0, "write_files:\n")
    return HEADER + "".join(parts) + "".join(map(_item, marked))


def _content(file: Json) -> str:
    content = str(file.get("content", ""))
    return base64.b64decode(content).decode() if file.get("encoding") in ("b64", "base64") else content


def _item(file: Json) -> str:
    about = {key: value for key, value in file.items() if key not in ("content", "encoding")}
    (first, *rest) = yaml.safe_dump(about, sort_keys=False).splitlines()
    lines = [f"- {first}", *(f"  {line}" for line in rest), "  content: |-", f"    {MARKED_FILE}"]
    return "".join(f"{line}\n" for line in lines)
