"""The tags of a server."""

from trove_lab.cloud.compute import errors, lookups, states
from trove_lab.cloud.compute.parameters import TAG, TAGS
from trove_lab.cloud.compute.request import Request
from trove_lab.cloud.compute.state import Server
from trove_lab.cloud.compute.validation import body, problem
from trove_lab.cloud.http import Json, Reply

MAX_TAGS = 50
_SCHEMA: Json = {
    "type": "object",
    "properties": {"tags": TAGS},
    "required": ["tags"],
    "additionalProperties": False,
}
_STATES = (states.ACTIVE, states.PAUSED, states.SUSPENDED, states.STOPPED)


def index(request: Request, server_id: str) -> Reply:
    """GET /servers/{server_id}/tags."""
    return Reply(200, {"tags": list(_server(request, server_id).tags)})


def update_all(request: Request, server_id: str) -> Reply:
    """PUT /servers/{server_id}/tags: replaces all tags."""
    given = body(request, _SCHEMA)["tags"]
    server = _changeable(request, server_id, "update tags")
    server.tags = list(dict.fromkeys(given))
    return Reply(200, {"tags": list(server.tags)})


def delete_all(request: Request, server_id: str) -> Reply:
    """DELETE /servers/{server_id}/tags."""
    _changeable(request, server_id, "delete tags").tags.clear()
    return Reply(204)


def show(request: Request, server_id: str, tag: str) -> Reply:
    """GET /servers/{server_id}/tags/{tag}: whether the server has the tag."""
    if tag not in _server(request, server_id).tags:
        raise errors.not_found(f"Server {server_id} has no tag '{tag}'")
    return Reply(204)


def update(request: Request, server_id: str, tag: str) -> Reply:
    """PUT /servers/{server_id}/tags/{tag}: 201 if the tag is new."""
    server = _changeable(request, server_id, "update tag")
    wrong = problem(tag, TAG)
    if wrong:
        raise errors.bad_request(
            f"Tag '{tag}' is invalid. It must be a non empty string without characters '/' and ','."
            f" Validation error message: {wrong}"
        )
    if tag in server.tags:
        return Reply(204)
    if len(server.tags) >= MAX_TAGS:
        raise errors.bad_request(f"The number of tags exceeded the per-server limit {MAX_TAGS}")
    server.tags.append(tag)
    return Reply(201, None, {"Location": request.link(f"/v2.1/servers/{server_id}/tags/{tag}")})


def delete(request: Request, server_id: str, tag: str) -> Reply:
    """DELETE /servers/{server_id}/tags/{tag}."""
    server = _changeable(request, server_id, "delete tag")
    if tag not in server.tags:
        raise errors.not_found(f"Instance {server_id} has no tag '{tag}'")
    server.tags.remove(tag)
    return Reply(204)


def _server(request: Request, server_id: str) -> Server:
    return lookups.server(request, server_id, by_cell=True)


def _changeable(request: Request, server_id: str, action: str) -> Server:
    server = _server(request, server_id)
    lookups.require_state(server, action, _STATES, None, launched=False)
    server.updated_at = request.cloud.clock.now()
    return server
