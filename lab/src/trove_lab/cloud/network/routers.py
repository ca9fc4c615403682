"""Routers and their interfaces."""

from collections.abc import Mapping

from trove_lab.cloud.http import ApiError, Json, Reply
from trove_lab.cloud.ids import new_uuid
from trove_lab.cloud.network import addresses, errors, lists, networks, quotas, standard, subnets
from trove_lab.cloud.network.attributes import (
    COMMON,
    Attribute,
    address,
    boolean,
    listed,
    mapping,
    nullable,
    parse_create,
    parse_update,
    text,
)
from trove_lab.cloud.network.ports import remove
from trove_lab.cloud.network.request import Request
from trove_lab.cloud.network.state import FixedIp, Port, Router, State, Subnet

INTERFACE = "network:router_interface"
ATTRIBUTES: Mapping[str, Attribute] = {
    **COMMON,
    "admin_state_up": Attribute(boolean, default=True),
    "external_gateway_info": Attribute(nullable(mapping())),
    "routes": Attribute(listed(mapping({"destination": text(), "nexthop": address})), ()),
}
_FILTERABLE = (*standard.FILTERABLE, "admin_state_up", "status")


def index(request: Request) -> Reply:
    """GET /v2.0/routers."""
    seen = [_view(each) for each in standard.own(request, request.cloud.network.routers)]
    return lists.respond(request, "routers", seen, filterable=_FILTERABLE)


def create(request: Request) -> Reply:
    """POST /v2.0/routers: one or many."""
    given, bulk = parse_create(request, "router", ATTRIBUTES)
    state = request.cloud.network
    quotas.reserve(state, given[0]["project_id"], "router", len(given))
    views = []
    for each in given:
        router = Router(id=new_uuid(), admin_state_up=each["admin_state_up"], **standard.common(request, each))
        _set_gateway(request, router, each["external_gateway_info"])
        views.append(_view(state.routers.add(router)))
    return Reply(201, {"routers": views} if bulk else {"router": views[0]})


def show(request: Request, router_id: str) -> Reply:
    """GET /v2.0/routers/{router_id}."""
    return Reply(200, {"router": lists.only_fields(request, _view(_find(request, router_id)))})


def update(request: Request, router_id: str) -> Reply:
    """PUT /v2.0/routers/{router_id}."""
    router = _find(request, router_id)
    changes = parse_update(request, "router", ATTRIBUTES, _view(router))
    if "external_gateway_info" in changes:
        _set_gateway(request, router, changes.pop("external_gateway_info"))
    standard.change(request, router, changes)
    return Reply(200, {"router": _view(router)})


def delete(request: Request, router_id: str) -> Reply:
    """DELETE /v2.0/routers/{router_id}: 409 while it has interfaces."""
    router, state = _find(request, router_id), request.cloud.network
    attached = [port.id for port in state.ports.where(device_id=router.id)]
    if attached:
        message = f"Router {router.id} has ports still attached: {','.join(attached)}"
        raise errors.conflict("RouterInUse", message)
    state.routers.remove(router.id)
    return Reply(204)


def add_interface(request: Request, router_id: str) -> Reply:
    """PUT /v2.0/routers/{router_id}/add_router_interface: by port, or by subnet with its gateway address."""
    router, state, given = _find(request, router_id), request.cloud.network, request.object
    if "subnet_id" in given:
        subnet = subnets.find(request, given["subnet_id"])
        if subnet.gateway_ip is None:
            raise errors.bad_resource("router", "Subnet for router interface must have a gateway IP")
        if interface_on(state, router.id, subnet.id):
            raise errors.bad_resource("router", f"Router already has a port on subnet {subnet.id}")
        if subnet.gateway_ip in addresses.used(state, subnet.id):
            raise addresses.already_allocated(subnet.id, subnet.gateway_ip)
        port = state.ports.add(_interface(request, router, subnet, subnet.gateway_ip))
    elif "port_id" in given:
        port = standard.find(request, state.ports, "Port", given["port_id"])
        if port.device_id:
            raise errors.conflict("PortInUse", f"Unable to complete operation on port {port.id}: it is in use.")
        port.device_id, port.device_owner = router.id, INTERFACE
    else:
        raise errors.bad_resource("router", "Either subnet_id or port_id must be specified")
    return Reply(200, _interface_view(router, port))


def remove_interface(request: Request, router_id: str) -> Reply:
    """PUT /v2.0/routers/{router_id}/remove_router_interface: deletes the port. 409 while a floating IP needs it."""
    router, state, given = _find(request, router_id), request.cloud.network, request.object
    port = state.ports.get(given["port_id"]) if "port_id" in given else None
    if "subnet_id" in given and port is None:
        port = interface_on(state, router.id, given["subnet_id"])
        if port is None:
            message = f"Router {router.id} has no interface on subnet {given['subnet_id']}"
            raise ApiError(404, "RouterInterfaceNotFoundForSubnet", message)
    if port is None or port.device_id != router.id:
        message = f"Router {router.id} does not have an interface with id {given.get('port_id')}"
        raise ApiError(404, "RouterInterfaceNotFound", message)
    subnet_id = port.fixed_ips[0].subnet_id
    behind = {each.id for each in state.ports if any(fixed.subnet_id == subnet_id for fixed in each.fixed_ips)}
    if any(each.port_id in behind for each in state.floating_ips.where(router_id=router.id)):
        raise errors.conflict(
            "RouterInterfaceInUseByFloatingIP",
            f"Router interface for subnet {subnet_id} on router {router.id} cannot be deleted, as it is required by one"
            " or more floating IPs.",
        )
    remove(state, port)
    return Reply(200, _interface_view(router, port))


def interface_on(state: State, router_id: str, subnet_id: str) -> Port | None:
    """Return the router's port on a subnet, or None."""
    ports = state.ports.where(device_id=router_id)
    return next((port for port in ports if any(fixed.subnet_id == subnet_id for fixed in port.fixed_ips)), None)


def _find(request: Request, router_id: str) -> Router:
    return standard.find(request, request.cloud.network.routers, "Router", router_id)


def _interface(request: Request, router: Router, subnet: Subnet, address: str) -> Port:
    now = request.cloud.clock.now()
    return Port(
        id=new_uuid(),
        project_id=router.project_id,
        network_id=subnet.network_id,
        mac_address=request.cloud.network.new_mac(),
        fixed_ips=[FixedIp(subnet.id, address)],
        device_id=router.id,
        device_owner=INTERFACE,
        status="ACTIVE",
        port_security_enabled=False,
        created_at=now,
        updated_at=now,
    )


def _set_gateway(request: Request, router: Router, info: Json | None) -> None:
    state, network_id = request.cloud.network, (info or {}).get("network_id")
    if network_id == router.gateway_network_id:
        return
    if state.floating_ips.where(router_id=router.id):
        raise errors.conflict(
            "RouterExternalGatewayInUseByFloatingIp",
            f"Gateway cannot be updated for router {router.id}, since a gateway to external network"
            f" {router.gateway_network_id} is required by one or more floating IPs.",
        )
    router.gateway_network_id, router.gateway_ips = None, []
    if network_id:
        network = networks.find(request, network_id)
        if not network.external:
            raise errors.bad_resource("router", f"Network {network.id} is not an external network")
        router.gateway_ips = addresses.allocate(state, network.id, None)
        router.gateway_network_id = network.id


def _interface_view(router: Router, port: Port) -> Json:
    subnet_ids = [fixed.subnet_id for fixed in port.fixed_ips]
    return {
        "id": router.id,
        "project_id": router.project_id,
        "tenant_id": router.project_id,
        "port_id": port.id,
        "network_id": port.network_id,
        "subnet_id": subnet_ids[0],
        "subnet_ids": subnet_ids,
    }


def _view(router: Router) -> Json:
    gateway = router.gateway_network_id and {
        "network_id": router.gateway_network_id,
        "external_fixed_ips": [
            {"subnet_id": fixed.subnet_id, "ip_address": fixed.ip_address} for fixed in router.gateway_ips
        ],
        "enable_snat": router.enable_snat,
    }
    return {
        **standard.view(router),
        "admin_state_up": router.admin_state_up,
        "status": "ACTIVE",
        "external_gateway_info": gateway,
        "availability_zones": [],
        "availability_zone_hints": [],
        "routes": router.routes,
        "flavor_id": None,
    }
