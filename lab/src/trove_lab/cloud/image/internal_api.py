"""Calls of other services in the same cloud to Glance, without HTTP."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from trove_lab.cloud.ids import seeded_uuid
from trove_lab.cloud.image.request import ImageCloud
from trove_lab.cloud.image.state import Image


def find(cloud: ImageCloud, project_id: str | None, image_id: str, *, is_admin: bool = False) -> Image | None:
    """Return an image that a project may use, or None."""
    image = cloud.image.images.get(image_id)
    return image if image and image.seen_by(project_id, is_admin=is_admin) else None


def add(
    cloud: ImageCloud,
    *,
    name: str,
    size: int,
    tags: Sequence[str] = (),
    visibility: str = "public",
    project_id: str = "",
) -> Image:
    """Add an active image of ``size`` zero bytes to the seed. It belongs to ``project_id``."""
    data = bytes(size)
    now = cloud.clock.now()
    image = Image(
        id=seeded_uuid(f"image-{name}"),
        name=name,
        project_id=project_id,
        created_at=now,
        updated_at=now,
        status="active",
        visibility=visibility,
        size=size,
        virtual_size=size,
        data=data,
        checksum=hashlib.md5(data, usedforsecurity=False).hexdigest(),
        os_hash_algo="sha512",
        os_hash_value=hashlib.sha512(data).hexdigest(),
        disk_format="raw",
        container_format="bare",
        tags=list(tags),
    )
    return cloud.image.images.add(image)
