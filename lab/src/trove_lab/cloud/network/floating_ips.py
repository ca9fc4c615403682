"""Floating IPs."""

from collections.abc import Mapping

from trove_lab.cloud.http import ApiError, Json, Reply
from trove_lab.cloud.ids import new_uuid
from trove_lab.cloud.network import addresses, errors, lists, networks, quotas, routers, standard
from trove_lab.cloud.network.attributes import (
    COMMON,
    REQUIRED,
    Attribute,
    address,
    nullable,
    parse_create,
    parse_update,
    uuid,
)
from trove_lab.cloud.network.request import Request
from trove_lab.cloud.network.state import FloatingIp, Port, Router

ATTRIBUTES: Mapping[str, Attribute] = {
    **{name: attribute for name, attribute in COMMON.items() if name != "name"},
    "floating_network_id": Attribute(uuid, REQUIRED, update=False),
    "subnet_id": Attribute(nullable(uuid), update=False),
    "floating_ip_address": Attribute(nullable(address), update=False, admin=True),
    "port_id": Attribute(nullable(uuid)),
    "fixed_ip_address": Attribute(nullable(address)),
}
_FILTERABLE = (
    *standard.FILTERABLE,
    *("floating_network_id", "floating_ip_address", "port_id", "router_id", "fixed_ip_address", "status"),
)


def index(request: Request) -> Reply:
    """GET /v2.0/floatingips."""
    seen = [_view(request, each) for each in standard.own(request, request.cloud.network.floating_ips)]
    return lists.respond(request, "floatingips", seen, filterable=_FILTERABLE)


def create(request: Request) -> Reply:
    """POST /v2.0/floatingips: associates it with a port at once, if one is given."""
    given = parse_create(request, "floatingip", ATTRIBUTES)[0][0]
    state = request.cloud.network
    network = networks.find(request, given["floating_network_id"])
    if not network.external:
        raise errors.bad_resource("floatingip", f"Network {network.id} is not a valid external network")
    quotas.reserve(state, given["project_id"], "floatingip")
    wanted = {"subnet_id": given["subnet_id"], "ip_address": given["floating_ip_address"]}
    wanted = {name: value for name, value in wanted.items() if value is not None}
    fixed = addresses.allocate(state, network.id, [wanted] if wanted else None)
    if not fixed:
        raise errors.bad_resource("floatingip", f"Network {network.id} does not contain any IPv4 subnet")
    floating_ip = FloatingIp(
        id=new_uuid(),
        floating_network_id=network.id,
        floating_subnet_id=fixed[0].subnet_id,
        floating_ip_address=fixed[0].ip_address,
        **standard.common(request, given),
    )
    if given["port_id"]:
        _associate(request, floating_ip, given["port_id"], given["fixed_ip_address"])
    return Reply(201, {"floatingip": _view(request, state.floating_ips.add(floating_ip))})


def show(request: Request, floatingip_id: str) -> Reply:
    """GET /v2.0/floatingips/{floatingip_id}."""
    floating_ip = _find(request, floatingip_id)
    return Reply(200, {"floatingip": lists.only_fields(request, _view(request, floating_ip))})


def update(request: Request, floatingip_id: str) -> Reply:
    """PUT /v2.0/floatingips/{floatingip_id}: a ``port_id`` associates, null disassociates."""
    floating_ip = _find(request, floatingip_id)
    changes = parse_update(request, "floatingip", ATTRIBUTES, _view(request, floating_ip))
    address_given = changes.pop("fixed_ip_address", None)
    if "port_id" in changes:
        port_id = changes.pop("port_id")
        if port_id is None:
            floating_ip.port_id = floating_ip.fixed_ip_address = floating_ip.router_id = None
        else:
            _associate(request, floating_ip, port_id, address_given)
    standard.change(request, floating_ip, changes)
    return Reply(200, {"floatingip": _view(request, floating_ip)})


def delete(request: Request, floatingip_id: str) -> Reply:
    """DELETE /v2.0/floatingips/{floatingip_id}."""
    request.cloud.network.floating_ips.remove(_find(request, floatingip_id).id)
    return Reply(204)


def _find(request: Request, floatingip_id: str) -> FloatingIp:
    return standard.find(request, request.cloud.network.floating_ips, "Floating IP", floatingip_id)


def _associate(request: Request, floating_ip: FloatingIp, port_id: str, wanted: str | None) -> None:
    state = request.cloud.network
    port = standard.find(request, state.ports, "Port", port_id)
    v4 = {fixed.ip_address: fixed.subnet_id for fixed in port.fixed_ips if "." in fixed.ip_address}
    if not v4:
        message = f"Cannot add floating IP to port {port.id} that has no fixed IPv4 addresses"
        raise errors.bad_resource("floatingip", message)
    if wanted is not None and wanted not in v4:
        raise errors.bad_resource("floatingip", f"Port {port.id} does not have fixed ip {wanted}")
    fixed_ip = wanted or next(iter(v4))
    for other in state.floating_ips.where(port_id=port.id, fixed_ip_address=fixed_ip):
        if other.id != floating_ip.id:
            raise errors.conflict(
                "FloatingIPPortAlreadyAssociated",
                f"Cannot associate floating IP {floating_ip.floating_ip_address} ({floating_ip.id}) with port {port.id}"
                f" using fixed IP {fixed_ip}, as that fixed IP already has a floating IP on external network"
                f" {floating_ip.floating_network_id}.",
            )
    router = _router_between(request, floating_ip, port, v4[fixed_ip])
    floating_ip.port_id, floating_ip.fixed_ip_address, floating_ip.router_id = port.id, fixed_ip, router.id


def _router_between(request: Request, floating_ip: FloatingIp, port: Port, subnet_id: str) -> Router:
    state = request.cloud.network
    for router in state.routers.where(gateway_network_id=floating_ip.floating_network_id):
        if routers.interface_on(state, router.id, subnet_id):
            return router
    message = (
        f"External network {floating_ip.floating_network_id} is not reachable from subnet {subnet_id}.  Therefore,"
        f" cannot associate Port {port.id} with a Floating IP."
    )
    raise ApiError(404, "ExternalGatewayForFloatingIPNotFound", message)


def _view(request: Request, floating_ip: FloatingIp) -> Json:
    port = request.cloud.network.ports.get(floating_ip.port_id or "")
    shown = ("name", "network_id", "mac_address", "admin_state_up", "status", "device_id", "device_owner")
    common = standard.view(floating_ip)
    del common["name"]
    return {
        **common,
        "floating_ip_address": floating_ip.floating_ip_address,
        "floating_network_id": floating_ip.floating_network_id,
        "router_id": floating_ip.router_id,
        "port_id": floating_ip.port_id,
        "fixed_ip_address": floating_ip.fixed_ip_address,
        "status": floating_ip.status,
        "port_details": {name: getattr(port, name) for name in shown} if port else None,
        "dns_domain": "",
        "dns_name": "",
    }
