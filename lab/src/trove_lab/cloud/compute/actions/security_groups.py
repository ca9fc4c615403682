"""addSecurityGroup and removeSecurityGroup: they change all ports of a server."""

from trove_lab.cloud.compute import errors, lookups, states
from trove_lab.cloud.compute.parameters import NAME, body
from trove_lab.cloud.compute.request import Request
from trove_lab.cloud.compute.state import Server
from trove_lab.cloud.http import Json, Reply
from trove_lab.cloud.network import internal_api as network
from trove_lab.cloud.network.state import SecurityGroup


def schema(action: str) -> Json:
    """Return the schema of both actions."""
    return body(action, {"name": NAME}, ("name",))


def add(request: Request, server: Server, given: Json) -> Reply:
    """Add a group to all ports."""
    group = _find(request, server, given["name"], "add_security_group")
    ports = network.ports_of(request.cloud, server.id)
    if any(group.id in port.security_group_ids for port in ports):
        raise errors.bad_request(
            f"Invalid input for security_groups. Reason: Duplicate items in the list: '{group.id}'.\n"
            f"Neutron server returns request_ids: ['{request.request_id}']"
        )
    for port in ports:
        port.security_group_ids.append(group.id)
    return Reply(202)


def remove(request: Request, server: Server, given: Json) -> Reply:
    """Remove a group from all ports."""
    group = _find(request, server, given["name"], "remove_security_group")
    ports = [port for port in network.ports_of(request.cloud, server.id) if group.id in port.security_group_ids]
    if not ports:
        raise errors.not_found(f"Security group {group.name} not associated with the instance {server.id}")
    for port in ports:
        port.security_group_ids.remove(group.id)
    return Reply(202)


def _find(request: Request, server: Server, name: str, action: str) -> SecurityGroup:
    lookups.require_state(server, action, (states.ACTIVE, states.PAUSED, states.SUSPENDED, states.STOPPED), None)
    group = network.find_security_group(request.cloud, server.project_id, name)
    if group is None:
        raise errors.not_found(f"Security group {name} is not found for project {server.project_id}")
    return group
