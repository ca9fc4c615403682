"""Instance actions: what was done to a server, by whom, and how it ended."""

from trove_lab.cloud.compute import errors, lookups, server_views
from trove_lab.cloud.compute.request import Request
from trove_lab.cloud.compute.state import Action, ActionEvent, Server
from trove_lab.cloud.compute.validation import ANY, DATE, query
from trove_lab.cloud.compute.validation import moment as parsed
from trove_lab.cloud.compute.views import MAX_LIMIT, Query, next_link, precise
from trove_lab.cloud.http import Json, Reply


def index(request: Request, server_id: str) -> Reply:
    """GET /servers/{server_id}/os-instance-actions: newest first. Since 2.21 for a deleted server too."""
    given = query(request, _parameters(request), strict_since=(2, 58))
    server = _server(request, server_id)
    actions = [action for action in reversed(server.actions) if _fits(request, action)]
    next_links: list[Json] = []
    if request.at_least((2, 58)):
        actions, next_links = _page(request, server, actions, given)
    body: Json = {"instanceActions": [_view(request, server, action) for action in actions]}
    if next_links:
        body["links"] = next_links
    return Reply(200, body)


def show(request: Request, server_id: str, request_id: str) -> Reply:
    """GET /servers/{server_id}/os-instance-actions/{request_id}: with its events."""
    server = _server(request, server_id)
    action = next((action for action in server.actions if action.request_id == request_id), None)
    if action is None:
        raise errors.not_found(f"Action {request_id} not found")
    view = _view(request, server, action)
    if request.caller.is_admin or request.at_least((2, 51)):
        view["events"] = [_event(request, server, event) for event in action.events]
    return Reply(200, {"instanceAction": view})


def _parameters(request: Request) -> Json:
    dates = {"changes-since": DATE} if request.at_least((2, 58)) else {}
    return {**dates, "changes-before": DATE} if request.at_least((2, 66)) else {**dates, "offset": ANY}


def _fits(request: Request, action: Action) -> bool:
    since = parsed(request.args.get("changes-since", "")) if request.at_least((2, 58)) else None
    before = parsed(request.args.get("changes-before", "")) if request.at_least((2, 66)) else None
    changed = float(int(action.updated_at))
    return (since is None or changed >= since) and (before is None or changed <= before)


def _page(request: Request, server: Server, actions: list[Action], known: Query) -> tuple[list[Action], list[Json]]:
    """Return the requested page. Its marker is a request id."""
    marker = request.args.get("marker")
    if marker is not None:
        position = next((number for number, each in enumerate(actions) if each.request_id == marker), None)
        if position is None:
            raise errors.bad_request(f"marker [{marker}] not found")
        actions = actions[position + 1 :]
    limit = int(request.args.get("limit", MAX_LIMIT))
    shown = actions[: min(limit, MAX_LIMIT)]
    if "limit" in request.args and shown and len(shown) == limit:
        path = f"servers/{server.id}/os-instance-actions"
        return shown, [next_link(request, path, known, shown[-1].request_id)]
    return shown, []


def _server(request: Request, server_id: str) -> Server:
    """Return a server. Since 2.21 it may be deleted."""
    found = request.cloud.compute.servers.get(server_id)
    if found and found.deleted_at is not None and request.at_least((2, 21)) and request.caller.sees(found.project_id):
        return found
    return lookups.server(request, server_id)


def _view(request: Request, server: Server, action: Action) -> Json:
    view: Json = {
        "action": action.action,
        "instance_uuid": server.id,
        "request_id": action.request_id,
        "user_id": action.user_id,
        "project_id": action.project_id,
        "start_time": precise(action.start_time),
        "message": action.message,
    }
    return {**view, "updated_at": precise(action.updated_at)} if request.at_least((2, 58)) else view


def _event(request: Request, server: Server, event: ActionEvent) -> Json:
    view: Json = {
        "event": event.event,
        "start_time": precise(event.start_time),
        "finish_time": precise(event.finish_time),
        "result": event.result,
    }
    admin = request.caller.is_admin
    if admin:
        view["traceback"] = None
    if admin and request.at_least((2, 62)):
        view["host"] = event.host
    if request.at_least((2, 62)):
        view["hostId"] = server_views.host_id(server, event.host) if event.host else ""
    if admin and request.at_least((2, 84)):
        view["details"] = event.details
    return view
