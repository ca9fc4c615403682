"""The interfaces of a server: its ports."""

from trove_lab.cloud.compute import errors, history, lookups, requested_networks
from trove_lab.cloud.compute.parameters import IP_ADDRESS, TAG, UUID, body
from trove_lab.cloud.compute.request import Request
from trove_lab.cloud.compute.state import Server
from trove_lab.cloud.compute.validation import body as checked
from trove_lab.cloud.compute.validation import query
from trove_lab.cloud.http import ApiError, Json, Reply, Version
from trove_lab.cloud.network import internal_api as network
from trove_lab.cloud.network.internal_api import Port

_FIXED_IPS: Json = {
    "type": "array",
    "minItems": 1,
    "maxItems": 1,
    "items": {
        "type": "object",
        "properties": {"ip_address": IP_ADDRESS},
        "required": ["ip_address"],
        "additionalProperties": False,
    },
}
_PROPERTIES: Json = {"net_id": UUID, "port_id": UUID, "fixed_ips": _FIXED_IPS}


def _optional(properties: Json) -> Json:
    return {**body("interfaceAttachment", properties), "required": []}


_SCHEMAS: dict[Version, Json] = {
    (2, 1): _optional(_PROPERTIES),
    (2, 49): _optional({**_PROPERTIES, "tag": TAG}),
}


def index(request: Request, server_id: str) -> Reply:
    """GET /servers/{server_id}/os-interface."""
    query(request, {})
    server = lookups.server(request, server_id)
    return Reply(200, {"interfaceAttachments": [_view(request, server, port) for port in _ports(request, server)]})


def show(request: Request, server_id: str, port_id: str) -> Reply:
    """GET /servers/{server_id}/os-interface/{port_id}."""
    server = lookups.server(request, server_id)
    port = next((port for port in _ports(request, server) if port.id == port_id), None)
    if port is None and network.find_port(request.cloud, server.project_id, port_id):
        raise errors.not_found(f"Instance {server_id} does not have a port with id {port_id}")
    if port is None:
        raise errors.not_found(f"Port id {port_id} could not be found.")
    return Reply(200, {"interfaceAttachment": _view(request, server, port)})


def create(request: Request, server_id: str) -> Reply:
    """POST /servers/{server_id}/os-interface: attaches a given port, or a new one on a network. Returns the port."""
    given = checked(request, _SCHEMAS).get("interfaceAttachment", {})
    port_id, network_id = given.get("port_id"), given.get("net_id")
    address = given["fixed_ips"][0]["ip_address"] if "fixed_ips" in given else None
    if port_id and network_id:
        raise errors.bad_request("Must not input both network_id and port_id")
    if address and not network_id:
        raise errors.bad_request("Must input network_id when request IP address")
    server = lookups.server(request, server_id)
    lookups.require_unlocked(request, server)
    lookups.require_state(server, "attach_interface", lookups.WITH_INTERFACES)
    if port_id is None and network_id is None:
        wanted = requested_networks.parse(request, None)
        if not wanted:
            raise errors.bad_request("Failed to attach interface: no network is available")
        network_id = wanted[0].network_id
    port = _plug(request, server, port_id, network_id, address)
    if given.get("tag"):
        server.port_tags[port.id] = given["tag"]
    action = history.begin(request, server, "attach_interface", "compute_attach_interface")
    server.hidden_ports.add(port.id)

    def finish() -> None:
        server.hidden_ports.discard(port.id)
        history.end(request.cloud, server, action)

    def failed() -> None:
        server.hidden_ports.discard(port.id)
        network.unplug_port(request.cloud, port.id)
        history.end(request.cloud, server, action, error="failed because of a fault of the control API")

    request.later(f"{server.id} {port.id}", "interface.attach", finish, failed)
    return Reply(200, {"interfaceAttachment": _view(request, server, port)})


def delete(request: Request, server_id: str, port_id: str) -> Reply:
    """DELETE /servers/{server_id}/os-interface/{port_id}. An unknown port fails only later, as in Nova."""
    server = lookups.server(request, server_id)
    lookups.require_unlocked(request, server)
    lookups.require_state(server, "detach_interface", lookups.WITH_INTERFACES)
    action = history.begin(request, server, "detach_interface", "compute_detach_interface")
    port = next((port for port in _ports(request, server) if port.id == port_id), None)
    if port is None:
        history.end(request.cloud, server, action, error=f"Port id {port_id} not found.")
        return Reply(202)

    def finish() -> None:
        if any(each.id == port_id for each in network.ports_of(request.cloud, server.id)):
            network.unplug_port(request.cloud, port_id)
        history.end(request.cloud, server, action)

    def failed() -> None:
        history.end(request.cloud, server, action, error="failed because of a fault of the control API")

    request.later(f"{server.id} {port_id}", "interface.detach", finish, failed)
    return Reply(202)


def _ports(request: Request, server: Server) -> list[Port]:
    """Return the ports that the server shows: none before it has a host, and none that is still being attached."""
    if server.host is None:
        return []
    return [port for port in network.ports_of(request.cloud, server.id) if port.id not in server.hidden_ports]


def _plug(request: Request, server: Server, port_id: str | None, network_id: str | None, address: str | None) -> Port:
    cloud = request.cloud
    host = cloud.compute.hosts.get(server.host)
    try:
        return network.plug(
            cloud,
            project_id=server.project_id,
            server_id=server.id,
            host=server.host or "",
            az=host.availability_zone if host else "",
            port_id=port_id,
            network_id=network_id,
            fixed_ip=address,
        )
    except network.PlugError as error:
        raise _refusal(error, port_id, address) from error


def _refusal(error: network.PlugError, port_id: str | None, address: str | None) -> ApiError:
    if isinstance(error, network.PortInUseError):
        return errors.conflict(f"Port {port_id} is still in use.")
    if isinstance(error, network.PortNotFoundError):
        return errors.not_found(f"Port id {port_id} could not be found.")
    if isinstance(error, network.PortQuotaError):
        return errors.over_quota("Maximum number of ports exceeded")
    if isinstance(error, network.FixedIpInUseError):
        return errors.conflict(f"Fixed IP {address} is already in use.")
    return errors.bad_request(error.reason)


def _view(request: Request, server: Server, port: Port) -> Json:
    view: Json = {
        "net_id": port.network_id,
        "port_id": port.id,
        "mac_addr": port.mac_address,
        "port_state": port.status,
        "fixed_ips": [{"subnet_id": each.subnet_id, "ip_address": each.ip_address} for each in port.fixed_ips],
    }
    if request.at_least((2, 70)):
        view["tag"] = server.port_tags.get(port.id)
    return view
