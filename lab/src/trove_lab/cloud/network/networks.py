"""Networks."""

from collections.abc import Mapping

from trove_lab.cloud.http import Json, Reply
from trove_lab.cloud.ids import new_uuid
from trove_lab.cloud.network import errors, lists, quotas, standard
from trove_lab.cloud.network.attributes import COMMON, Attribute, boolean, integer, parse_create, parse_update, text
from trove_lab.cloud.network.request import Request
from trove_lab.cloud.network.state import Network

ATTRIBUTES: Mapping[str, Attribute] = {
    **COMMON,
    "admin_state_up": Attribute(boolean, default=True),
    "shared": Attribute(boolean, default=False, admin=True),
    "router:external": Attribute(boolean, default=False, admin=True),
    "mtu": Attribute(integer, 1450),
    "port_security_enabled": Attribute(boolean, default=True),
    "dns_domain": Attribute(text(), ""),
    "provider:network_type": Attribute(text(), "vxlan", update=False, admin=True),
    "provider:physical_network": Attribute(text(), update=False, admin=True),
}
_FILTERABLE = (*standard.FILTERABLE, "admin_state_up", "shared", "router:external", "mtu", "status")


def index(request: Request) -> Reply:
    """GET /v2.0/networks: those of the project, and shared and external ones."""
    seen = [each for each in request.cloud.network.networks if visible(request, each)]
    return lists.respond(request, "networks", [_view(request, each) for each in seen], filterable=_FILTERABLE)


def create(request: Request) -> Reply:
    """POST /v2.0/networks: one or many."""
    given, bulk = parse_create(request, "network", ATTRIBUTES)
    state = request.cloud.network
    quotas.reserve(state, given[0]["project_id"], "network", len(given))
    made = []
    for each in given:
        network = Network(id=new_uuid(), **standard.common(request, each))
        _assign(network, each)
        made.append(state.networks.add(network))
    views = [_view(request, each) for each in made]
    return Reply(201, {"networks": views} if bulk else {"network": views[0]})


def show(request: Request, network_id: str) -> Reply:
    """GET /v2.0/networks/{network_id}."""
    return Reply(200, {"network": lists.only_fields(request, _view(request, find(request, network_id)))})


def update(request: Request, network_id: str) -> Reply:
    """PUT /v2.0/networks/{network_id}."""
    network = _find_own(request, network_id, "update_network")
    changes = parse_update(request, "network", ATTRIBUTES, _view(request, network))
    standard.change(request, network, {})
    _assign(network, changes)
    return Reply(200, {"network": _view(request, network)})


def delete(request: Request, network_id: str) -> Reply:
    """DELETE /v2.0/networks/{network_id}: with its subnets. 409 while it has ports or floating IPs."""
    network, state = _find_own(request, network_id, "delete_network"), request.cloud.network
    users = [port.id for port in state.ports.where(network_id=network.id)]
    users += [each.id for each in state.floating_ips.where(floating_network_id=network.id)]
    users += [router.id for router in state.routers.where(gateway_network_id=network.id)]
    if users:
        raise errors.conflict(
            "NetworkInUse",
            f"Unable to complete operation on network {network.id}. There are one or more ports still in use on the"
            f" network, id for these ports is: {','.join(users)}.",
        )
    for subnet in state.subnets.where(network_id=network.id):
        state.subnets.remove(subnet.id)
    state.networks.remove(network.id)
    return Reply(204)


def visible(request: Request, network: Network) -> bool:
    """Return whether the caller may see and use a network."""
    return network.shared or network.external or request.caller.sees(network.project_id)


def find(request: Request, network_id: str) -> Network:
    """Return a network that the caller may see."""
    network = request.cloud.network.networks.get(network_id)
    if network is None or not visible(request, network):
        raise errors.not_found("Network", network_id)
    return network


def _find_own(request: Request, network_id: str, rule: str) -> Network:
    network = find(request, network_id)
    if not request.caller.sees(network.project_id):
        raise errors.forbidden(f"rule:{rule}")
    return network


def _assign(network: Network, given: Json) -> None:
    names = ("name", "description", "admin_state_up", "shared", "mtu", "port_security_enabled", "dns_domain")
    for name in names:
        if name in given:
            setattr(network, name, given[name])
    network.external = given.get("router:external", network.external)


def _view(request: Request, network: Network) -> Json:
    subnets = request.cloud.network.subnets.where(network_id=network.id)
    view = {
        **standard.view(network),
        "admin_state_up": network.admin_state_up,
        "mtu": network.mtu,
        "status": network.status,
        "subnets": [subnet.id for subnet in subnets],
        "shared": network.shared,
        "availability_zone_hints": [],
        "availability_zones": [],
        "ipv4_address_scope": None,
        "ipv6_address_scope": None,
        "router:external": network.external,
        "port_security_enabled": network.port_security_enabled,
        "dns_domain": network.dns_domain,
    }
    if request.caller.is_admin:
        provider = {"network_type": "vxlan", "physical_network": None, "segmentation_id": None}
        view.update({f"provider:{name}": value for name, value in provider.items()})
    return view
