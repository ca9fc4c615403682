"""Objects: plain ones, and large ones, which consist of segments.

A dynamic large object names the prefix of its segments in X-Object-Manifest. A static large object has a list of its
segments. Source: https://docs.openstack.org/swift/latest/overview_large_objects.html
"""

from __future__ import annotations

import hashlib
import json
from urllib.parse import unquote

from trove_lab.cloud.http import Json, Reply
from trove_lab.cloud.object_store import accounts, containers, errors, metadata
from trove_lab.cloud.object_store.request import Request
from trove_lab.cloud.object_store.state import StoredObject

MAX_NAME = 1024
_KIND = "object"
_STORED_HEADERS = ("X-Object-Manifest", "Content-Encoding", "Content-Disposition", "X-Delete-At")
_MANIFEST = "X-Object-Manifest"


def create(request: Request, container: str, **_name: str) -> Reply:
    """PUT /v1/{account}/{container}/{object}: ``multipart-manifest=put`` creates a static large object."""
    holder, name = containers.find(request, container), _name_of(request)
    if len(name.encode()) > MAX_NAME:
        raise errors.refused(400, f"Object name length of {len(name.encode())} longer than {MAX_NAME}")
    data = request.get_data()
    static = request.args.get("multipart-manifest") == "put"
    segments = _segments(request, data) if static else None
    if segments is not None:
        data = b""
        etag = hashlib.md5("".join(each["hash"] for each in segments).encode(), usedforsecurity=False).hexdigest()
    else:
        etag = hashlib.md5(data, usedforsecurity=False).hexdigest()
    expected = request.headers.get("ETag", "").strip('"').lower()
    if expected and expected != etag:
        raise errors.refused(422)
    row = StoredObject(
        id=name,
        data=data,
        etag=etag,
        content_type=request.headers.get("Content-Type") or "application/octet-stream",
        modified_at=request.cloud.clock.now(),
        headers=metadata.given(request, _KIND, _STORED_HEADERS),
        segments=segments,
    )
    holder.objects.add(row)
    return Reply(201, None, {"ETag": etag, **metadata.moment(row.modified_at)})


def show(request: Request, container: str, **_name: str) -> Reply:
    """GET and HEAD /v1/{account}/{container}/{object}: all of it, or the requested range."""
    row = _find(request, container)
    if row.segments is not None and request.args.get("multipart-manifest") == "get":
        return Reply(200, list(row.segments), {"X-Static-Large-Object": "True", **metadata.moment(row.modified_at)})
    data, etag = _whole(request, row)
    headers = {
        "Content-Type": row.content_type,
        "ETag": etag,
        "Accept-Ranges": "bytes",
        **metadata.moment(row.modified_at),
        **row.headers,
    }
    if row.segments is not None:
        headers["X-Static-Large-Object"] = "True"
    asked = request.range
    if asked is None or request.method == "HEAD":
        return Reply(200, data, headers)
    part = asked.range_for_length(len(data))
    if part is None:
        raise errors.refused(416)
    return Reply(
        206, data[part[0] : part[1]], {**headers, "Content-Range": f"bytes {part[0]}-{part[1] - 1}/{len(data)}"}
    )


def update(request: Request, container: str, **_name: str) -> Reply:
    """POST /v1/{account}/{container}/{object}: replaces the metadata. A large object keeps its segments."""
    row = _find(request, container)
    kept = {key: value for key, value in row.headers.items() if key == _MANIFEST}
    row.headers = kept | metadata.given(request, _KIND, _STORED_HEADERS)
    row.content_type = request.headers.get("Content-Type") or row.content_type
    return Reply(202)


def delete(request: Request, container: str, **_name: str) -> Reply:
    """DELETE /v1/{account}/{container}/{object}: ``multipart-manifest=delete`` deletes its segments too."""
    row = _find(request, container)
    if request.args.get("multipart-manifest") == "delete":
        for segment in row.segments or ():
            holder, _, segment_name = str(segment["name"]).lstrip("/").partition("/")
            found = accounts.find(request).containers.get(holder)
            if found:
                found.objects.remove(segment_name)
    containers.find(request, container).objects.remove(row.id)
    return Reply(204)


def _find(request: Request, container: str) -> StoredObject:
    row = containers.find(request, container).objects.get(_name_of(request))
    if row is None:
        raise errors.refused(404)
    return row


def _name_of(request: Request) -> str:
    """Return the object's name with its leading and trailing slashes, which routing removes."""
    return request.path.split("/", 5)[5]


def _whole(request: Request, row: StoredObject) -> tuple[bytes, str]:
    """Return an object's data, assembled from its segments, and its ETag."""
    if row.segments is not None:
        paths = [str(each["name"]) for each in row.segments]
        parts = [part for part in (_segment(request, path) for path in paths) if part]
        return b"".join(part.data for part in parts), f'"{row.etag}"'
    if _MANIFEST not in row.headers:
        return row.data, row.etag
    holder, _, prefix = unquote(row.headers[_MANIFEST]).lstrip("/").partition("/")
    found = accounts.find(request).containers.get(holder)
    parts = (
        sorted((each for each in found.objects if each.id.startswith(prefix)), key=lambda each: each.id)
        if found
        else []
    )
    etag = hashlib.md5("".join(part.etag for part in parts).encode(), usedforsecurity=False).hexdigest()
    return b"".join(part.data for part in parts), f'"{etag}"'


def _segments(request: Request, manifest: bytes) -> list[Json]:
    """Return the segments of a manifest. Raise Swift's 400 for a segment that differs from its entry."""
    try:
        given = json.loads(manifest)
    except ValueError:
        raise errors.refused(400, "Manifest must be valid JSON.") from None
    if not isinstance(given, list) or not given or not all(isinstance(each, dict) for each in given):
        raise errors.refused(400, "Manifest must be a list of segments.")
    found = []
    for each in given:
        path = str(each.get("path", ""))
        segment = _segment(request, path)
        wrong = [path, "404 Not Found"] if segment is None else None
        if segment and each.get("etag") not in (None, segment.etag):
            wrong = [path, "Etag Mismatch"]
        if segment and each.get("size_bytes") not in (None, len(segment.data)):
            wrong = [path, "Size Mismatch"]
        if wrong or segment is None:
            raise errors.refused(400, f"Errors: {wrong}")
        found.append(
            {
                "name": path if path.startswith("/") else f"/{path}",
                "hash": segment.etag,
                "bytes": len(segment.data),
                "content_type": segment.content_type,
            }
        )
    return found


def _segment(request: Request, path: str) -> StoredObject | None:
    holder, _, name = path.lstrip("/").partition("/")
    found = accounts.find(request).containers.get(holder)
    return found.objects.get(name) if found else None
