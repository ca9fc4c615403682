"""Members: the projects that a shared image is shared with."""

from __future__ import annotations

from trove_lab.cloud.http import Reply
from trove_lab.cloud.image import errors, images, views
from trove_lab.cloud.image.request import Request
from trove_lab.cloud.image.state import Image, Member

_STATES = ("pending", "accepted", "rejected")


def index(request: Request, image_id: str) -> Reply:
    """GET /v2/images/{image_id}/members: all for the owner, itself for a member."""
    image = _shared(request, image_id)
    rows = [row for row in image.members if _sees(request, image, row.id)]
    return Reply(200, {"members": [views.member(image.id, row) for row in rows], "schema": "/v2/schemas/members"})


def create(request: Request, image_id: str) -> Reply:
    """POST /v2/images/{image_id}/members."""
    project_id = request.object.get("member")
    if not isinstance(project_id, str) or not project_id:
        raise errors.bad_request("Member to be added not specified")
    image = _shared(request, image_id)
    if not request.caller.sees(image.project_id):
        raise errors.denied(f"Not allowed to create members for image {image_id}.")
    if project_id in image.members:
        raise errors.conflict(f"Member {project_id} is duplicated for image {image_id}")
    now = request.cloud.clock.now()
    row = image.members.add(Member(id=project_id, created_at=now, updated_at=now))
    return Reply(200, views.member(image.id, row))


def show(request: Request, image_id: str, member_id: str) -> Reply:
    """GET /v2/images/{image_id}/members/{member_id}."""
    return Reply(200, views.member(image_id, _find(request, _shared(request, image_id), member_id)))


def update(request: Request, image_id: str, member_id: str) -> Reply:
    """PUT /v2/images/{image_id}/members/{member_id}: the member accepts or rejects the image."""
    status = request.object.get("status")
    if status not in _STATES:
        wanted = ", ".join(_STATES)
        raise errors.bad_request(f"Incorrect request: status must be one of {wanted}, not {status!r}")
    row = _find(request, _shared(request, image_id), member_id)
    if request.project_id != member_id and not request.caller.is_admin:
        raise errors.denied(f"Not allowed to update members for image {image_id}.")
    row.status, row.updated_at = status, request.cloud.clock.now()
    return Reply(200, views.member(image_id, row))


def delete(request: Request, image_id: str, member_id: str) -> Reply:
    """DELETE /v2/images/{image_id}/members/{member_id}."""
    image = _shared(request, image_id)
    if not request.caller.sees(image.project_id):
        raise errors.denied(f"Not allowed to delete members for image {image_id}.")
    image.members.remove(_find(request, image, member_id).id)
    return Reply(204)


def _shared(request: Request, image_id: str) -> Image:
    image = images.find(request, image_id)
    if image.visibility != "shared":
        raise errors.denied("Only shared images have members.")
    return image


def _sees(request: Request, image: Image, member_id: str) -> bool:
    return request.caller.sees(image.project_id) or member_id == request.project_id


def _find(request: Request, image: Image, member_id: str) -> Member:
    row = image.members.get(member_id)
    if row is None or not _sees(request, image, member_id):
        raise errors.missing(f"{member_id} not found in the member list of the image {image.id}.")
    return row
