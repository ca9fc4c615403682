"""Snapshots of volumes."""

from __future__ import annotations

from trove_lab.cloud.http import Json, Reply
from trove_lab.cloud.ids import new_uuid
from trove_lab.cloud.volume import bodies, errors, lifecycle, listing, quotas
from trove_lab.cloud.volume.request import Request
from trove_lab.cloud.volume.state import Snapshot
from trove_lab.cloud.volume.views import moment

CREATE: Json = bodies.enveloped(
    "snapshot",
    {
        "name": bodies.TEXT,
        "display_name": bodies.TEXT,
        "description": bodies.TEXT,
        "volume_id": {"type": "string", "format": "uuid"},
        "force": {"type": ["boolean", "string", "null"]},
        "metadata": bodies.METADATA,
    },
    "volume_id",
    more=True,
)
UPDATE: Json = bodies.enveloped(
    "snapshot",
    {"name": bodies.TEXT, "display_name": bodies.TEXT, "description": bodies.TEXT, "display_description": bodies.TEXT},
)
FILTERS = {"name", "status", "volume_id", "metadata", "availability_zone", "consumes_quota", "id"}
DELETABLE = ("available", "error")
STATUSES = ("available", "creating", "deleting", "error", "error_deleting")
_FORCE_REMOVED = (
    "Since microversion 3.66 the 'force' flag is invalid for this request.  For backward compatability, however,"
    " when the 'force' flag is passed with a value evaluating to True, it is silently ignored."
)


def find(request: Request, snapshot_id: str) -> Snapshot:
    """Return a snapshot that the caller may see. Raise Cinder's 404."""
    snapshot = request.cloud.volume.snapshots.get(snapshot_id)
    if snapshot is None or not request.caller.sees(snapshot.project_id):
        raise errors.not_found("Snapshot", snapshot_id)
    return snapshot


def index(request: Request) -> Reply:
    """GET /v3/snapshots."""
    return listing.respond(request, "/snapshots", _matching(request), "Snapshot", _view)


def index_detail(request: Request) -> Reply:
    """GET /v3/snapshots/detail."""
    return listing.respond(request, "/snapshots/detail", _matching(request), "Snapshot", _detail)


def create(request: Request) -> Reply:
    """POST /v3/snapshots: before 3.66, a volume in use needs ``force``."""
    given, state = request.object["snapshot"], request.cloud.volume
    name, description = bodies.name_of(given), bodies.name_of(given, "description")
    volume = state.volumes.get(given["volume_id"])
    if volume is None or not request.caller.sees(volume.project_id):
        raise errors.not_found("Volume", given["volume_id"])
    forced = bodies.truth(given.get("force", False))
    if request.at_least((3, 66)):
        if "force" in given and not forced:
            raise errors.bad_request(_FORCE_REMOVED)
        forced = True
    allowed = ("available", "in-use") if forced else ("available",)
    if volume.status not in allowed:
        what = " or ".join(allowed)
        raise errors.invalid_volume(
            f"Volume {volume.id} status must be {what}, but current status is: {volume.status}."
        )
    try:
        quotas.check_snapshot(state, volume)
    except quotas.QuotaExceededError as error:
        raise errors.over_quota(str(error)) from error
    snapshot = Snapshot(
        id=new_uuid(),
        project_id=volume.project_id,
        user_id=request.caller.user_id,
        volume_id=volume.id,
        volume_size=volume.size,
        created_at=request.cloud.clock.now(),
        name=name,
        description=description,
        metadata=dict(given.get("metadata") or {}),
    )
    lifecycle.create_snapshot(request.cloud, snapshot, request.later)
    return Reply(202, {"snapshot": _view(request, snapshot)})


def show(request: Request, snapshot_id: str) -> Reply:
    """GET /v3/snapshots/{snapshot_id}."""
    return Reply(200, {"snapshot": _detail(request, find(request, snapshot_id))})


def update(request: Request, snapshot_id: str) -> Reply:
    """PUT /v3/snapshots/{snapshot_id}: name and description."""
    snapshot, given = find(request, snapshot_id), request.object["snapshot"]
    if "name" in given or "display_name" in given:
        snapshot.name = bodies.name_of(given)
    if "description" in given:
        snapshot.description = bodies.name_of(given, "description")
    reply = Reply(200, {"snapshot": _view(request, snapshot)})
    snapshot.updated_at = request.cloud.clock.now()
    return reply


def delete(request: Request, snapshot_id: str) -> Reply:
    """DELETE /v3/snapshots/{snapshot_id}."""
    snapshot = find(request, snapshot_id)
    if snapshot.status not in DELETABLE:
        raise errors.bad_request(
            "Invalid snapshot: Snapshot status must be available or error and must not be part of a group."
        )
    lifecycle.delete_snapshot(request.cloud, snapshot, request.later)
    return Reply(202)


def act(request: Request, snapshot_id: str) -> Reply:
    """POST /v3/snapshots/{snapshot_id}/action: ``os-reset_status`` and ``os-force_delete``, for administrators."""
    body, snapshot = request.object, find(request, snapshot_id)
    action = next(iter(body), None)
    if action not in ("os-reset_status", "os-force_delete"):
        raise errors.no_action(action)
    if not request.caller.is_admin:
        raise errors.forbidden(f"volume_extension:snapshot_admin_actions:{action.removeprefix('os-')}")
    if action == "os-force_delete":
        lifecycle.delete_snapshot(request.cloud, snapshot, request.later)
        return Reply(202)
    given = body[action]
    status = given.get("status") if isinstance(given, dict) else None
    if status not in STATUSES:
        raise errors.bad_request(f"Snapshot status: {status} is invalid, valid statuses are: {STATUSES}.")
    request.cloud.transitions.cancel(snapshot.id)
    snapshot.status, snapshot.updated_at = status, request.cloud.clock.now()
    return Reply(202)


def _matching(request: Request) -> list[Snapshot]:
    listing.reject_unknown(request, FILTERS)
    rows = listing.owned(request, list(request.cloud.volume.snapshots))
    for name in ("name", "status", "volume_id", "id"):
        if name in request.args:
            rows = [row for row in rows if getattr(row, name) == request.args[name]]
    if "metadata" in request.args:
        wanted = listing.named(request.args["metadata"]).items()
        rows = [row for row in rows if wanted <= row.metadata.items()]
    return rows


def _detail(request: Request, snapshot: Snapshot) -> Json:
    return {
        **_view(request, snapshot),
        "os-extended-snapshot-attributes:project_id": snapshot.project_id,
        "os-extended-snapshot-attributes:progress": "100%" if snapshot.status == "available" else "0%",
    }


def _view(request: Request, snapshot: Snapshot) -> Json:
    view: Json = {
        "id": snapshot.id,
        "created_at": moment(snapshot.created_at),
        "updated_at": moment(snapshot.updated_at),
        "name": snapshot.name,
        "description": snapshot.description,
        "volume_id": snapshot.volume_id,
        "status": snapshot.status,
        "size": snapshot.volume_size,
        "metadata": dict(snapshot.metadata),
    }
    added = (
        ((3, 14), {"group_snapshot_id": None}),
        ((3, 41), {"user_id": snapshot.user_id}),
        ((3, 65), {"consumes_quota": True}),
    )
    return view | {name: value for since, more in added if request.at_least(since) for name, value in more.items()}
