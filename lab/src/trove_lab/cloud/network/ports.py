"""Ports."""

from collections.abc import Mapping, Sequence

from trove_lab.cloud.http import ApiError, Json, Reply
from trove_lab.cloud.ids import new_uuid
from trove_lab.cloud.network import addresses, errors, lists, networks, quotas, security_groups, standard
from trove_lab.cloud.network.attributes import (
    COMMON,
    REQUIRED,
    Attribute,
    address,
    boolean,
    choice,
    listed,
    mac,
    mapping,
    nullable,
    parse_create,
    parse_update,
    text,
    uuid,
)
from trove_lab.cloud.network.request import Request
from trove_lab.cloud.network.state import Port, State

ATTRIBUTES: Mapping[str, Attribute] = {
    **COMMON,
    "network_id": Attribute(uuid, REQUIRED, update=False),
    "admin_state_up": Attribute(boolean, default=True),
    "mac_address": Attribute(mac),
    "fixed_ips": Attribute(listed(mapping({"subnet_id": uuid, "ip_address": address}))),
    "security_groups": Attribute(nullable(listed(uuid))),
    "device_id": Attribute(text(), ""),
    "device_owner": Attribute(text(), ""),
    "port_security_enabled": Attribute(boolean, default=True),
    "allowed_address_pairs": Attribute(listed(mapping({"ip_address": text(), "mac_address": mac})), ()),
    "binding:host_id": Attribute(text(), "", admin=True),
    "binding:profile": Attribute(mapping(), admin=True),
    "binding:vnic_type": Attribute(choice("normal", "direct", "macvtap", "baremetal"), "normal"),
}
_FILTERABLE = (
    *standard.FILTERABLE,
    *("network_id", "admin_state_up", "status", "mac_address", "device_id", "device_owner"),
    *("binding:host_id", "binding:vnic_type"),
)
OWNED_BY_ROUTERS = ("network:router_interface", "network:router_gateway")


def index(request: Request) -> Reply:
    """GET /v2.0/ports. Filters ``fixed_ips=subnet_id=…`` and ``fixed_ips=ip_address=…``."""
    seen = [_view(request, each) for each in standard.own(request, request.cloud.network.ports)]
    special = {"fixed_ips": _matches_fixed_ips, "security_groups": _matches_groups}
    return lists.respond(request, "ports", seen, filterable=_FILTERABLE, special=special)


def create(request: Request) -> Reply:
    """POST /v2.0/ports: one or many; creates all of them or none."""
    given, bulk = parse_create(request, "port", ATTRIBUTES)
    state = request.cloud.network
    for each in given:
        networks.find(request, each["network_id"])
    quotas.reserve(state, given[0]["project_id"], "port", len(given))
    made: list[Port] = []
    try:
        for each in given:
            made.append(state.ports.add(_new(request, each)))  # noqa: PERF401 - what was made is undone
    except ApiError:
        for port in made:
            state.ports.remove(port.id)
        raise
    views = [_view(request, port) for port in made]
    return Reply(201, {"ports": views} if bulk else {"port": views[0]})


def show(request: Request, port_id: str) -> Reply:
    """GET /v2.0/ports/{port_id}."""
    return Reply(200, {"port": lists.only_fields(request, _view(request, _find(request, port_id)))})


def update(request: Request, port_id: str) -> Reply:
    """PUT /v2.0/ports/{port_id}: with ``If-Match: revision_number=N`` only if the port has not changed since."""
    port, state = _find(request, port_id), request.cloud.network
    _reject_stale(request, port)
    changes = parse_update(request, "port", ATTRIBUTES, _view(request, port))
    if "mac_address" in changes and not request.caller.is_admin:
        raise errors.forbidden("(rule:update_port and rule:update_port:mac_address)")
    if "security_groups" in changes:
        groups = changes.pop("security_groups") or []
        changes["security_group_ids"] = _groups(request, groups)
    if "fixed_ips" in changes:
        held, port.fixed_ips = port.fixed_ips, []
        try:
            changes["fixed_ips"] = addresses.allocate(state, port.network_id, changes["fixed_ips"])
        finally:
            port.fixed_ips = held
    fields = {"binding:host_id": "host_id", "binding:profile": "profile", "binding:vnic_type": "vnic_type"}
    standard.change(request, port, {fields.get(name, name): value for name, value in changes.items()})
    return Reply(200, {"port": _view(request, port)})


def delete(request: Request, port_id: str) -> Reply:
    """DELETE /v2.0/ports/{port_id}: 409 for the port of a router. For a server, needs the role admin or service."""
    port = _find(request, port_id)
    if port.device_owner in OWNED_BY_ROUTERS:
        message = f"Port {port.id} cannot be deleted directly via the port API: has device owner {port.device_owner}."
        raise errors.conflict("ServicePortInUse", message)
    if port.device_owner.startswith("compute:") and not request.caller.roles & {"admin", "service"}:
        raise errors.forbidden("rule:delete_port")
    remove(request.cloud.network, port)
    return Reply(204)


def remove(state: State, port: Port) -> None:
    """Remove a port. Its floating IPs remain and become free."""
    for floating_ip in state.floating_ips.where(port_id=port.id):
        floating_ip.port_id = floating_ip.fixed_ip_address = floating_ip.router_id = None
    state.ports.remove(port.id)


def _find(request: Request, port_id: str) -> Port:
    return standard.find(request, request.cloud.network.ports, "Port", port_id)


def _new(request: Request, given: Json) -> Port:
    state, network_id = request.cloud.network, given["network_id"]
    wanted_mac = given["mac_address"]
    if wanted_mac and state.ports.where(network_id=network_id, mac_address=wanted_mac):
        raise errors.conflict(
            "MacAddressInUse",
            f"Unable to complete operation for network {network_id}. The mac address {wanted_mac} is in use.",
        )
    groups = given["security_groups"]
    if groups and not given["port_security_enabled"]:
        message = "Port security must be enabled and port must have an IP address in order to use security groups."
        raise ApiError(400, "PortSecurityAndIPRequiredForSecurityGroups", message)
    if groups is None and given["port_security_enabled"]:
        groups = [security_groups.default_of(request.cloud, given["project_id"]).id]
    same = ("network_id", "admin_state_up", "device_id", "device_owner", "port_security_enabled")
    return Port(
        id=new_uuid(),
        mac_address=wanted_mac or state.new_mac(),
        fixed_ips=addresses.allocate(state, network_id, given["fixed_ips"]),
        security_group_ids=_groups(request, groups or []),
        allowed_address_pairs=given["allowed_address_pairs"],
        host_id=given["binding:host_id"],
        profile=given["binding:profile"] or {},
        vnic_type=given["binding:vnic_type"],
        **{name: given[name] for name in same},
        # Neutron ignores tags in the body of a request to create a port (exchange with Neutron 29.0.0).
        **{**standard.common(request, given), "tags": []},
    )


def _groups(request: Request, ids: list[str]) -> list[str]:
    return [security_groups.find(request, each).id for each in ids]


def _reject_stale(request: Request, port: Port) -> None:
    condition = request.headers.get("If-Match", "")
    if condition.startswith("revision_number=") and condition.partition("=")[2] != str(port.revision_number):
        message = f"Constrained to {condition.partition('=')[2]}, but current revision is {port.revision_number}"
        raise ApiError(412, "RevisionNumberConstraintFailed", message)


def _matches_fixed_ips(view: Json, wanted: Sequence[str]) -> bool:
    pairs = [each.partition("=") for each in wanted]
    exact = {(name, value) for name, _, value in pairs if name in ("subnet_id", "ip_address")}
    parts = [value for name, _, value in pairs if name == "ip_address_substr"]
    have = {(name, value) for fixed in view["fixed_ips"] for name, value in fixed.items()}
    return exact <= have and all(any(part in each["ip_address"] for each in view["fixed_ips"]) for part in parts)


def _matches_groups(view: Json, wanted: Sequence[str]) -> bool:
    return bool(set(view["security_groups"]) & set(wanted))


def _view(request: Request, port: Port) -> Json:
    fixed_ips = [{"subnet_id": fixed.subnet_id, "ip_address": fixed.ip_address} for fixed in port.fixed_ips]
    view = {
        **standard.view(port),
        "network_id": port.network_id,
        "mac_address": port.mac_address,
        "admin_state_up": port.admin_state_up,
        "status": port.status,
        "device_id": port.device_id,
        "device_owner": port.device_owner,
        "fixed_ips": fixed_ips,
        "allowed_address_pairs": port.allowed_address_pairs,
        "extra_dhcp_opts": [],
        "security_groups": port.security_group_ids,
        "binding:vnic_type": port.vnic_type,
        "port_security_enabled": port.port_security_enabled,
        "dns_name": "",
        "dns_assignment": [],
        "ip_allocation": "immediate",
    }
    if request.caller.is_admin:
        bound = bool(port.host_id)
        view["binding:host_id"] = port.host_id
        view["binding:profile"] = port.profile
        view["binding:vif_type"] = "ovs" if bound else "unbound"
        view["binding:vif_details"] = {"port_filter": True} if bound else {}
    return view
