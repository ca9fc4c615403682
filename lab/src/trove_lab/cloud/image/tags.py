"""Tags of images."""

from __future__ import annotations

from trove_lab.cloud.http import Reply
from trove_lab.cloud.image import errors, images
from trove_lab.cloud.image.request import Request

MAX_LENGTH = 255


def add(request: Request, image_id: str, tag: str) -> Reply:
    """PUT /v2/images/{image_id}/tags/{tag}: no error if the image has the tag."""
    image = images.find_own(request, image_id, "modify_image")
    if len(tag) > MAX_LENGTH:
        raise errors.bad_request(f"Provided object does not match schema 'image': '{tag}' is too long")
    if tag not in image.tags:
        image.tags.append(tag)
    return Reply(204)


def delete(request: Request, image_id: str, tag: str) -> Reply:
    """DELETE /v2/images/{image_id}/tags/{tag}."""
    image = images.find_own(request, image_id, "modify_image")
    if tag not in image.tags:
        raise errors.missing("The resource could not be found.")
    image.tags.remove(tag)
    return Reply(204)
