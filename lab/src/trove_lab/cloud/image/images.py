"""Images. Their data is in ``image_data``, their tags in ``tags``, their members in ``members``."""

from __future__ import annotations

import json
from typing import Any

import jsonschema

from trove_lab.cloud.http import Json, Reply
from trove_lab.cloud.ids import new_uuid
from trove_lab.cloud.image import errors, listing, schemas, views
from trove_lab.cloud.image.request import Request
from trove_lab.cloud.image.state import Image

PATCHES = ("application/openstack-images-v2.0-json-patch", "application/openstack-images-v2.1-json-patch")
_SETTABLE = (
    "name",
    "disk_format",
    "container_format",
    "visibility",
    "protected",
    "min_ram",
    "min_disk",
    "os_hidden",
    "tags",
)
_READ_ONLY = {name for name, known in schemas.IMAGE["properties"].items() if known.get("readOnly")}
_BASE = {*schemas.IMAGE["properties"], "locations"}


def find(request: Request, image_id: str) -> Image:
    """Return an image that the caller may see. Raise Glance's 404."""
    image = request.cloud.image.images.get(image_id)
    if image is None or not image.seen_by(request.project_id, is_admin=request.caller.is_admin):
        raise errors.not_found(image_id)
    return image


def find_own(request: Request, image_id: str, policy: str) -> Image:
    """Return an image that the caller may change. Raise Glance's 404 or 403."""
    image = find(request, image_id)
    if not request.caller.sees(image.project_id):
        raise errors.forbidden(policy)
    return image


def index(request: Request) -> Reply:
    """GET /v2/images."""
    rows, marker = listing.select(request)
    body: Json = {"images": [views.image(row) for row in rows], "first": listing.link(request)}
    body["schema"] = "/v2/schemas/images"
    if marker:
        body["next"] = listing.link(request, marker=marker)
    return Reply(200, body)


def create(request: Request) -> Reply:
    """POST /v2/images: an image without data, in ``queued``."""
    given = request.object
    _reject_read_only(given)
    _check(given)
    _reject_publicity(request, given)
    if given.get("owner", request.project_id) != request.project_id and not request.caller.is_admin:
        owner = given["owner"]
        raise errors.denied(
            "Access was denied to this resource.", f"You are not permitted to create images owned by '{owner}'"
        )
    image_id, now = given.get("id") or new_uuid(), request.cloud.clock.now()
    if image_id in request.cloud.image.images:
        raise errors.conflict(f"Image ID {image_id} already exists!")
    image = Image(
        id=image_id,
        name=given.get("name"),
        project_id=given.get("owner") or request.project_id,
        created_at=now,
        updated_at=now,
    )
    _set(image, given)
    request.cloud.image.images.add(image)
    location = {"Location": request.link(f"/v2/images/{image.id}")}
    return Reply(201, views.image(image), location)


def show(request: Request, image_id: str) -> Reply:
    """GET /v2/images/{image_id}."""
    return Reply(200, views.image(find(request, image_id)))


def update(request: Request, image_id: str) -> Reply:
    """PATCH /v2/images/{image_id}: a JSON patch, with Glance's own media type."""
    if request.mimetype not in PATCHES:
        known = ", ".join(PATCHES)
        detail = f"Image PATCH expects Content-Type to be one of {known}"
        raise errors.unsupported_media_type(request.mimetype, detail, Accept_Patch=known)
    operations = _operations(request)
    image = find_own(request, image_id, "modify_image")
    wanted = {name: value for name, value in views.image(image).items() if name not in _READ_ONLY}
    for kind, name, value in operations:
        if name in _READ_ONLY or name == "id":
            raise errors.denied(f"Attribute '{name}' is read-only.")
        if kind != "add" and name not in wanted:
            raise errors.conflict(
                "There was a conflict when trying to complete your request.", f"Property {name} does not exist."
            )
        if kind == "remove":
            if name in _BASE:
                raise errors.denied(f"Property {name} may not be removed.")
            del wanted[name]
        else:
            wanted[name] = value
    _check(wanted)
    if wanted["visibility"] != image.visibility:
        _reject_publicity(request, wanted)
    if wanted["owner"] != image.project_id and not request.caller.is_admin:
        raise errors.denied("You are not permitted to modify 'owner' on this image.")
    image.project_id = wanted["owner"]
    _set(image, wanted)
    image.updated_at = request.cloud.clock.now()
    return Reply(200, views.image(image))


def delete(request: Request, image_id: str) -> Reply:
    """DELETE /v2/images/{image_id}: at once."""
    image = request.cloud.image.images.get(image_id)
    if image is None or not image.seen_by(request.project_id, is_admin=request.caller.is_admin):
        raise errors.missing(f"Failed to find image {image_id} to delete")
    if not request.caller.sees(image.project_id):
        raise errors.forbidden("delete_image")
    if image.protected:
        raise errors.denied(f"Image {image_id} is protected and cannot be deleted.")
    request.cloud.image.images.remove(image.id)
    return Reply(204)


def _operations(request: Request) -> list[tuple[str, str, Any]]:
    """Return the operations of a patch: add, replace or remove; the attribute; the value."""
    try:
        body = json.loads(request.data)
    except ValueError as error:
        raise errors.invalid("body", "", str(error)) from error
    if not isinstance(body, list):
        raise errors.bad_request("Request body must be a JSON array of operation objects.")
    found = []
    for operation in body:
        if not isinstance(operation, dict):
            raise errors.bad_request("Operations must be JSON objects.")
        kind = operation.get("op") or next((each for each in ("add", "replace", "remove") if each in operation), None)
        if kind not in ("add", "replace", "remove"):
            raise errors.bad_request(
                "Operations must be one of add, remove, replace." if kind else "Unable to find 'op'."
            )
        path = operation.get("path") or operation.get(kind)
        if not isinstance(path, str) or not path.startswith("/"):
            raise errors.bad_request(f'Pointer `{path}` does not start with "/".')
        name = path[1:].replace("~1", "/").replace("~0", "~")
        if not name or "/" in path[1:]:
            raise errors.bad_request(f"Invalid JSON pointer for this resource: '{path}'")
        if kind != "remove" and "value" not in operation:
            raise errors.bad_request('Operation "' + kind + '" requires a member named "value".')
        found.append((str(kind), name, operation.get("value")))
    return found


def _check(given: Json) -> None:
    """Raise Glance's 400 for attributes that violate the schema of an image."""
    error = jsonschema.exceptions.best_match(jsonschema.Draft4Validator(schemas.IMAGE).iter_errors(given))
    if error is not None:
        raise errors.invalid("", "", str(error))


def _reject_read_only(given: Json) -> None:
    for name in given:
        if name in _READ_ONLY:
            raise errors.denied(f"Attribute '{name}' is read-only.")


def _reject_publicity(request: Request, given: Json) -> None:
    if given.get("visibility") == "public" and not request.caller.is_admin:
        raise errors.forbidden("publicize_image")


def _set(image: Image, given: Json) -> None:
    for name in _SETTABLE:
        if name in given:
            value = given[name]
            setattr(image, name, list(dict.fromkeys(value)) if name == "tags" else value)
    image.properties = {name: value for name, value in given.items() if name not in _BASE}
