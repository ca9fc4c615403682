"""The data of images: upload, download, deactivation."""

from __future__ import annotations

import hashlib

from trove_lab.cloud.http import Reply
from trove_lab.cloud.image import errors, images
from trove_lab.cloud.image.request import Request


def upload(request: Request, image_id: str) -> Reply:
    """PUT /v2/images/{image_id}/file: the image becomes ``active``."""
    image = images.find_own(request, image_id, "upload_image")
    if request.mimetype != "application/octet-stream":
        raise errors.unsupported_media_type(request.mimetype, f"Invalid content type {request.mimetype}")
    if image.status != "queued":
        raise errors.conflict(f"Image status transition from {image.status} to saving is not allowed")
    unset = [name for name in ("disk_format", "container_format") if getattr(image, name) is None]
    if unset:
        raise errors.bad_request(f"Properties {', '.join(unset)} must be set prior to saving data.")
    data = request.get_data()
    image.data, image.size, image.virtual_size = data, len(data), len(data)
    image.checksum = hashlib.md5(data, usedforsecurity=False).hexdigest()
    image.os_hash_algo, image.os_hash_value = "sha512", hashlib.sha512(data).hexdigest()
    image.status, image.updated_at = "active", request.cloud.clock.now()
    return Reply(204)


def download(request: Request, image_id: str) -> Reply:
    """GET /v2/images/{image_id}/file: 204 while the image has no data."""
    image = images.find(request, image_id)
    if image.status == "deactivated" and not request.caller.is_admin:
        raise errors.denied("The requested image has been deactivated. Image data download is forbidden.")
    if image.data is None:
        return Reply(204)
    return Reply(200, image.data, {"Content-MD5": image.checksum or ""})


def deactivate(request: Request, image_id: str) -> Reply:
    """POST /v2/images/{image_id}/actions/deactivate."""
    return _set_status(request, image_id, "deactivate", ("active", "deactivated"))


def reactivate(request: Request, image_id: str) -> Reply:
    """POST /v2/images/{image_id}/actions/reactivate."""
    return _set_status(request, image_id, "reactivate", ("deactivated", "active"))


def _set_status(request: Request, image_id: str, word: str, states: tuple[str, str]) -> Reply:
    image = images.find_own(request, image_id, word)
    if image.status not in states:
        raise errors.denied(f"Not allowed to {word} image in status '{image.status}'")
    image.status, image.updated_at = states[1], request.cloud.clock.now()
    return Reply(204)
