"""Views of images."""

from __future__ import annotations

from trove_lab.cloud.clock import timestamp
from trove_lab.cloud.http import Json
from trove_lab.cloud.image.state import Image, Member

STORE = "fs"
"""The id of the only store."""


def image(row: Image) -> Json:
    """Return an image as Glance shows it."""
    view: Json = {
        **row.properties,
        "name": row.name,
        "disk_format": row.disk_format,
        "container_format": row.container_format,
        "visibility": row.visibility,
        "size": row.size,
        "virtual_size": row.virtual_size,
        "status": row.status,
        "checksum": row.checksum,
        "protected": row.protected,
        "min_ram": row.min_ram,
        "min_disk": row.min_disk,
        "owner": row.project_id,
        "os_hidden": row.os_hidden,
        "os_hash_algo": row.os_hash_algo,
        "os_hash_value": row.os_hash_value,
        "id": row.id,
        "created_at": timestamp(row.created_at),
        "updated_at": timestamp(row.updated_at),
        "tags": list(row.tags),
        "self": f"/v2/images/{row.id}",
        "file": f"/v2/images/{row.id}/file",
        "schema": "/v2/schemas/image",
    }
    if row.data is not None:
        view["stores"] = STORE
    return view


def member(image_id: str, row: Member) -> Json:
    """Return a member of an image as Glance shows it."""
    return {
        "member_id": row.id,
        "image_id": image_id,
        "status": row.status,
        "created_at": timestamp(row.created_at),
        "updated_at": timestamp(row.updated_at),
        "schema": "/v2/schemas/member",
    }
