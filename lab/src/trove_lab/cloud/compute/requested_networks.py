"""The networks of a new server. They are validated and ports are bound when it is created."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from trove_lab.cloud.compute import errors
from trove_lab.cloud.compute.parameters import IP_ADDRESS, TAG
from trove_lab.cloud.compute.request import ComputeCloud, Request
from trove_lab.cloud.compute.state import Server
from trove_lab.cloud.http import ApiError, Json, Version
from trove_lab.cloud.network import internal_api as network
from trove_lab.cloud.network import quotas as network_quotas


@dataclass(frozen=True, slots=True)
class RequestedNetwork:
    """A requested interface: a port, or a port to create on a network."""

    port_id: str | None = None
    network_id: str | None = None
    fixed_ip: str | None = None
    tag: str | None = None


def schema(version: Version) -> Json:
    """Return the schema of ``networks`` in a microversion."""
    uuids: Json = {"type": "string", "format": "uuid"} if version >= (2, 37) else {"type": "string"}
    properties: Json = {"fixed_ip": IP_ADDRESS, "port": {"type": ["string", "null"], "format": "uuid"}, "uuid": uuids}
    if version == (2, 32) or (2, 33) <= version <= (2, 36) or version >= (2, 42):
        properties["tag"] = TAG
    items: Json = {"type": "object", "properties": properties, "additionalProperties": False}
    array: Json = {"type": "array", "items": items}
    if version < (2, 37):
        return array
    return {"oneOf": [array, {"type": "string", "enum": ["none", "auto"]}]}


def parse(request: Request, given: list[Json] | str | None) -> list[RequestedNetwork]:
    """Return the interfaces that ``networks`` requests. Raise ApiError."""
    if given == "none":
        return []
    if given is None or isinstance(given, str) or not given:
        return _automatic(request, demanded=given == "auto")
    return [_parse_one(each) for each in given]


def _parse_one(given: Json) -> RequestedNetwork:
    port_id, address, tag = given.get("port"), given.get("fixed_ip"), given.get("tag")
    if port_id and address:
        raise errors.bad_request(
            f"Specified Fixed IP '{address}' cannot be used with port '{port_id}':"
            " the two cannot be specified together."
        )
    if port_id:
        return RequestedNetwork(port_id=port_id, tag=tag)
    network_id = given.get("uuid")
    if not _is_uuid(network_id):
        raise errors.bad_request(f"Bad networks format: network uuid is not in proper format ({network_id})")
    return RequestedNetwork(network_id=network_id, fixed_ip=address, tag=tag)


def _is_uuid(value: object) -> bool:
    try:
        uuid.UUID(str(value))
    except ValueError:
        return False
    return True


def _automatic(request: Request, *, demanded: bool) -> list[RequestedNetwork]:
    """Return the only network that the project can mean when it names none."""
    visible = network.networks_of(request.cloud, request.project_id)
    own = [each for each in visible if not each.external]
    if len(own) > 1:
        raise errors.conflict("Multiple possible networks found, use a Network ID to be more specific.")
    if demanded and not own:
        raise errors.bad_request(f"Unable to automatically allocate a network for project {request.project_id}")
    return [RequestedNetwork(network_id=each.id) for each in own]


def check(request: Request, wanted: Sequence[RequestedNetwork], security_groups: Sequence[str], count: int) -> None:
    """Reject invalid requests before any server is created. Raise ApiError."""
    cloud, project_id = request.cloud, request.project_id
    for name in security_groups:
        if network.find_security_group(cloud, project_id, name) is None:
            raise errors.bad_request(f"Unable to find security_group with name or id '{name}'")
    if count > 1 and any(each.port_id for each in wanted):
        message = "Unable to launch multiple instances with a single configured port ID."
        raise errors.bad_request(
            f"Failed to launch instances: {message} Please launch your instance one by one with different ports."
        )
    if count > 1 and any(each.fixed_ip for each in wanted):
        message = "max_count cannot be greater than 1 if an fixed_ip is specified."
        raise errors.bad_request(f"Failed to launch instances: {message}")
    for each in wanted:
        if each.network_id is not None:
            _check_network(request, each.network_id)
    _check_port_quota(cloud, project_id, count * len([each for each in wanted if each.port_id is None]))


def _check_network(request: Request, network_id: str) -> None:
    found = network.visible_network(request.cloud, request.project_id, network_id)
    if found is None and request.caller.is_admin:
        found = request.cloud.network.networks.get(network_id)
    if found is None:
        raise errors.bad_request(f"Network {network_id} could not be found.")
    if found.external and found.project_id != request.project_id and not request.caller.is_admin:
        raise errors.over_quota(f"It is not allowed to create an interface on external network {network_id}")
    if not request.cloud.network.subnets.where(network_id=network_id):
        raise errors.bad_request(f"Network {network_id} requires a subnet in order to boot instances on.")


def _check_port_quota(cloud: ComputeCloud, project_id: str, needed: int) -> None:
    if not needed:
        return
    limit = cloud.network.quotas.get(project_id, {}).get("port", network_quotas.DEFAULTS["port"])
    used = network_quotas.used(cloud.network, project_id, "port")
    if 0 <= limit < used:
        raise errors.over_quota(f"The number of defined ports: {used} is over the limit: {limit}")
    if 0 <= limit < used + needed:
        raise errors.over_quota("Maximum number of ports exceeded")


def bind(request: Request, server: Server, wanted: Sequence[RequestedNetwork]) -> str | None:
    """Bind the given ports of a server, and create those that are missing.

    Ports are bound when the server is requested, not when it is built, so that nobody else takes them meanwhile. Raise
    ApiError, with no port bound, for what Nova's API rejects. For other failures, return why the build will fail.
    """
    for each in wanted:
        try:
            port = network.plug(
                request.cloud,
                project_id=server.project_id,
                server_id=server.id,
                host="",
                az=server.availability_zone or request.cloud.compute.hosts.zones[0],
                port_id=each.port_id,
                network_id=each.network_id,
                fixed_ip=each.fixed_ip,
                security_groups=server.security_groups,
            )
        except network.PlugError as error:
            network.unplug(request.cloud, server.id)
            refusal = _refusal(request.cloud, each, error)
            if refusal:
                raise refusal from error
            return _failure(each, error)
        if each.tag:
            server.port_tags[port.id] = each.tag
    return None


def _failure(wanted: RequestedNetwork, error: network.PlugError) -> str:
    """Return why the build will fail, in Nova's words."""
    if isinstance(error, network.FixedIpInvalidError):
        return (
            f"Invalid input received: Fixed IP {wanted.fixed_ip} is not a valid ip address for network"
            f" {wanted.network_id}."
        )
    if isinstance(error, network.NoMoreAddressesError):
        why = f"No fixed IP addresses available for network: {wanted.network_id}"
        return f"Failed to allocate the network(s) with error {why}, not rescheduling."
    return error.reason


def _refusal(cloud: ComputeCloud, wanted: RequestedNetwork, error: network.PlugError) -> ApiError | None:
    """Return the error if the API answers it at once, or None if only the build fails."""
    if isinstance(error, network.PortInUseError):
        return errors.conflict(f"Port {wanted.port_id} is still in use.")
    if isinstance(error, network.PortNotFoundError):
        return errors.bad_request(f"Port id {wanted.port_id} could not be found.")
    if isinstance(error, network.PortQuotaError):
        return errors.over_quota("Maximum number of ports exceeded")
    if isinstance(error, network.FixedIpInUseError):
        owner = next(
            (
                port.device_id
                for port in cloud.network.ports.where(network_id=wanted.network_id)
                if any(fixed.ip_address == wanted.fixed_ip for fixed in port.fixed_ips)
            ),
            "",
        )
        return errors.bad_request(f"Fixed IP address {wanted.fixed_ip} is already in use on instance {owner}.")
    return None
