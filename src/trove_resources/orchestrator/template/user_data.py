"""User data that says what the user port is: Heat fills it in, once there is a port.

Whoever renders user data is given a port with a mark in the place of its MAC address. Trove writes what it is told of a
port into a file of its own, as one JSON object, and that file stands in base64 in a cloud-config. Here it is taken out
of the base64, so that Heat can put the true object in the place of the marked one.
"""

import base64
import json
from collections.abc import Callable
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

# In YAQL, which Heat evaluates: one object of all the port's addresses, in stock Trove's words. With SLAAC and
# stateless DHCP the route comes with the router's advertisement. Before there is a port all is null.
_ABOUT_PORT: Final = """
coalesce($.data.subnets, []).zip(coalesce($.data.fixed_ips, [])).select(
  let(v => 'ipv' + str($[0].ip_version) + '_', s => $[0]) ->
    dict($v + 'address' => $[1].ip_address, $v + 'cidr' => $s.cidr, $v + 'host_routes' => $s.host_routes).mergeWith(
      switch($s.ip_version = 4 or $s.ipv6_ra_mode = 'dhcpv6-stateful' => dict($v + 'gateway' => $s.gateway_ip),
             true => dict()))
).aggregate($1.mergeWith($2), dict(mac_address => $.data.mac))
"""


def render(user_data: Callable[[Nic | None], str], *, isolated: bool) -> tuple[str, Json]:
    """Return the value of the template's parameter, and what the server's property is. Raises InvalidSpecError."""
    parameter: Json = {"get_param": names.USER_DATA}
    if not isolated:
        return user_data(None), parameter
    port = names.port("user")
    attributes = {"mac": "mac_address", "fixed_ips": "fixed_ips", "subnets": "subnets"}
    data = {name: {"get_attr": [port, attribute]} for name, attribute in attributes.items()}
    about_port = {"yaql": {"expression": " ".join(_ABOUT_PORT.split()), "data": data}}
    property_ = {"str_replace": {"template": parameter, "params": {MARKED_FILE: about_port}}}
    return _uncovered(user_data(MARKED)), property_


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
