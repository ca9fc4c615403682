"""Volume types and their extra specs."""

from __future__ import annotations

import uuid

from trove_lab.cloud.http import Json, Reply
from trove_lab.cloud.ids import new_uuid
from trove_lab.cloud.table import MarkerNotFoundError, page
from trove_lab.cloud.volume import bodies, errors
from trove_lab.cloud.volume.request import Request
from trove_lab.cloud.volume.state import VolumeType

_SPECS: Json = {"type": "object", "additionalProperties": {"type": ["string", "null"], "maxLength": 255}}
CREATE: Json = bodies.enveloped(
    "volume_type",
    {
        "name": {"type": "string", "minLength": 1, "maxLength": 255},
        "description": bodies.TEXT,
        "os-volume-type-access:is_public": bodies.BOOLEAN,
        "extra_specs": _SPECS,
    },
    "name",
)
UPDATE: Json = bodies.enveloped(
    "volume_type",
    {
        "name": {"type": ["string", "null"], "maxLength": 255},
        "description": bodies.TEXT,
        "is_public": bodies.BOOLEAN,
    },
)
EXTRA_SPECS: Json = {"type": "object", "required": ["extra_specs"], "properties": {"extra_specs": _SPECS}}


def find(request: Request, type_id: str, *, by_name: bool = False) -> VolumeType:
    """Return a type that the caller may see. Raise Cinder's 404.

    With ``by_name``, a value that is not a UUID is a name.
    """
    state = request.cloud.volume
    named = by_name and not _is_uuid(type_id)
    rows = state.types.where(name=type_id) if named else state.types.where(id=type_id)
    for row in rows:
        if row.is_public or request.caller.is_admin or request.project_id in state.type_access.get(row.id, ()):
            return row
    raise errors.not_found("Volume type with name" if named else "Volume type", type_id)


def index(request: Request) -> Reply:
    """GET /v3/types: private types are listed for administrators with ``is_public=None``, and for their projects."""
    state = request.cloud.volume
    rows = [row for row in state.types if row.is_public or request.project_id in state.type_access.get(row.id, ())]
    if request.caller.is_admin:
        asked = request.args.get("is_public", "true").lower()
        rows = [row for row in state.types if asked == "none" or row.is_public == (asked in ("true", "1", "t"))]
    if "name" in request.args and request.at_least((3, 52)):
        rows = [row for row in rows if row.name == request.args["name"]]
    limit = request.args.get("limit", type=int)
    try:
        shown, _more = page(rows, marker=request.args.get("marker"), limit=limit)
    except MarkerNotFoundError as error:
        raise errors.not_found("Volume type", str(error)) from error
    return Reply(200, {"volume_types": [_view(request, row) for row in shown]})


def create(request: Request) -> Reply:
    """POST /v3/types."""
    given = request.object["volume_type"]
    if request.cloud.volume.types.where(name=given["name"]):
        raise errors.conflict(f"Volume Type {given['name']} already exists.")
    row = VolumeType(
        id=new_uuid(),
        name=given["name"],
        description=given.get("description"),
        is_public=bodies.truth(given.get("os-volume-type-access:is_public", True)),
        extra_specs=dict(given.get("extra_specs") or {}),
    )
    return Reply(200, {"volume_type": _view(request, request.cloud.volume.types.add(row))})


def show(request: Request, type_id: str) -> Reply:
    """GET /v3/types/{id}: ``default`` is an id too."""
    row = request.cloud.volume.default_type if type_id == "default" else find(request, type_id)
    return Reply(200, {"volume_type": _view(request, row)})


def update(request: Request, type_id: str) -> Reply:
    """PUT /v3/types/{id}."""
    row, given = find(request, type_id), request.object["volume_type"]
    others = [each for each in request.cloud.volume.types.where(name=given.get("name")) if each is not row]
    if others:
        raise errors.conflict(f"Volume Type {given['name']} already exists.")
    row.name = given.get("name") or row.name
    row.description = given.get("description", row.description)
    if "is_public" in given:
        row.is_public = bodies.truth(given["is_public"])
    return Reply(200, {"volume_type": _view(request, row)})


def delete(request: Request, type_id: str) -> Reply:
    """DELETE /v3/types/{id}: not while volumes have it, and never the default type."""
    state, row = request.cloud.volume, find(request, type_id)
    if row.id == state.default_type_id:
        raise errors.bad_request(f"The volume type {row.id} is the default volume type and cannot be deleted.")
    if state.volumes.where(volume_type_id=row.id):
        message = f"Target volume type is still in use. Volume Type {row.id} deletion is not allowed with volumes"
        raise errors.bad_request(f"{message} present with the type.")
    state.types.remove(row.id)
    return Reply(202)


def show_specs(request: Request, type_id: str) -> Reply:
    """GET /v3/types/{id}/extra_specs."""
    return Reply(200, {"extra_specs": dict(find(request, type_id).extra_specs)})


def set_specs(request: Request, type_id: str) -> Reply:
    """POST /v3/types/{id}/extra_specs: adds and replaces."""
    row, given = find(request, type_id), request.object["extra_specs"]
    row.extra_specs.update(given)
    return Reply(200, {"extra_specs": given})


def show_spec(request: Request, type_id: str, key: str) -> Reply:
    """GET /v3/types/{id}/extra_specs/{key}."""
    return Reply(200, {key: _spec(find(request, type_id), key)})


def set_spec(request: Request, type_id: str, key: str) -> Reply:
    """PUT /v3/types/{id}/extra_specs/{key}."""
    row, given = find(request, type_id), request.object
    if list(given) != [key] or not isinstance(given[key], str):
        raise errors.bad_request("Invalid input received: Request body and URI mismatch")
    row.extra_specs[key] = given[key]
    return Reply(200, given)


def delete_spec(request: Request, type_id: str, key: str) -> Reply:
    """DELETE /v3/types/{id}/extra_specs/{key}."""
    row = find(request, type_id)
    _spec(row, key)
    del row.extra_specs[key]
    return Reply(202)


def _spec(row: VolumeType, key: str) -> str:
    if key not in row.extra_specs:
        raise errors.missing(f"Volume Type {row.id} has no extra specs with key {key}.")
    return row.extra_specs[key]


def _is_uuid(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True


def _view(request: Request, row: VolumeType) -> Json:
    view: Json = {
        "id": row.id,
        "name": row.name,
        "is_public": row.is_public,
        "description": row.description,
        "extra_specs": dict(row.extra_specs) if request.caller.is_admin else {},
    }
    if request.caller.is_admin:
        view["qos_specs_id"] = row.qos_specs_id
    return {**view, "os-volume-type-access:is_public": row.is_public}
