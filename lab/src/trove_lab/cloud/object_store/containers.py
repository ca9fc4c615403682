"""Containers."""

from __future__ import annotations

from trove_lab.cloud.clock import timestamp
from trove_lab.cloud.http import Reply
from trove_lab.cloud.object_store import accounts, errors, listing, metadata
from trove_lab.cloud.object_store.request import Request
from trove_lab.cloud.object_store.state import Container

MAX_NAME = 256
_KIND = "container"
_STORED_HEADERS = ("X-Container-Read", "X-Container-Write", "X-Versions-Location", "X-History-Location")


def find(request: Request, container: str) -> Container:
    """Return a container of the caller. Raise Swift's 404."""
    found = accounts.find(request).containers.get(container)
    if found is None:
        raise errors.refused(404)
    return found


def create(request: Request, container: str) -> Reply:
    """PUT /v1/{account}/{container}: 201, or 202 if the container exists."""
    if len(container) > MAX_NAME:
        raise errors.refused(400, f"Container name length of {len(container)} longer than {MAX_NAME}")
    table = accounts.find(request).containers
    found = table.get(container)
    row = found or table.add(Container(id=container, created_at=request.cloud.clock.now()))
    metadata.merge(request, row.headers, _KIND, _STORED_HEADERS)
    return Reply(202 if found else 201)


def show(request: Request, container: str) -> Reply:
    """GET and HEAD /v1/{account}/{container}: the objects."""
    row = find(request, container)
    headers = {
        "X-Container-Object-Count": str(len(row.objects)),
        "X-Container-Bytes-Used": str(sum(len(each.data) for each in row.objects)),
        "X-Storage-Policy": "default",
        "Accept-Ranges": "bytes",
        **metadata.moment(row.created_at),
        **row.headers,
    }
    if request.method == "HEAD":
        return Reply(204, None, headers)
    rows = [
        {
            "name": each.id,
            "bytes": len(each.data),
            "hash": each.etag,
            "content_type": each.content_type,
            "last_modified": timestamp(each.modified_at, form="%Y-%m-%dT%H:%M:%S.000000"),
        }
        for each in row.objects
    ]
    return listing.respond(request, rows, headers)


def update(request: Request, container: str) -> Reply:
    """POST /v1/{account}/{container}: the metadata."""
    metadata.merge(request, find(request, container).headers, _KIND, _STORED_HEADERS)
    return Reply(204)


def delete(request: Request, container: str) -> Reply:
    """DELETE /v1/{account}/{container}: 409 while it has objects."""
    if len(find(request, container).objects):
        raise errors.refused(409)
    accounts.find(request).containers.remove(container)
    return Reply(204)
