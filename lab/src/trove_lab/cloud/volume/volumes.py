"""Volumes: creating, listing, showing, changing, deleting."""

from __future__ import annotations

from trove_lab.cloud.http import Json, Reply
from trove_lab.cloud.ids import new_uuid
from trove_lab.cloud.image import internal_api as images
from trove_lab.cloud.image.state import Image
from trove_lab.cloud.volume import bodies, errors, lifecycle, listing, quotas, snapshots, views, volume_types
from trove_lab.cloud.volume.request import Request
from trove_lab.cloud.volume.state import AVAILABILITY_ZONE, Snapshot, Volume

CREATE: Json = bodies.enveloped(
    "volume",
    {
        "name": bodies.TEXT,
        "description": bodies.TEXT,
        "display_name": bodies.TEXT,
        "display_description": bodies.TEXT,
        "volume_type": bodies.TEXT,
        "metadata": bodies.METADATA,
        "snapshot_id": bodies.OPTIONAL_UUID,
        "source_volid": bodies.OPTIONAL_UUID,
        "consistencygroup_id": {"type": "null"},
        "size": bodies.OPTIONAL_GIBIBYTES,
        "availability_zone": bodies.TEXT,
        "multiattach": {},
        "imageRef": bodies.TEXT,
        "image_id": bodies.TEXT,
    },
    more=True,
)
UPDATE: Json = bodies.enveloped(
    "volume",
    {
        "name": bodies.TEXT,
        "description": bodies.TEXT,
        "display_name": bodies.TEXT,
        "display_description": bodies.TEXT,
        "metadata": bodies.METADATA,
    },
)
FILTERS = {"name", "status", "metadata", "bootable", "migration_status", "availability_zone", "group_id", "size"}
FILTERS |= {"created_at", "updated_at", "consumes_quota", "id"}
_DELETABLE = ("available", "error", "error_restoring", "error_extending", "error_managing")
_NOT_DELETABLE = (
    "Volume status must be available or error or error_restoring or error_extending or error_managing and must not"
    " be migrating, attached, belong to a group, have snapshots, awaiting a transfer, or be disassociated from"
    " snapshots after volume transfer."
)


def find(request: Request, volume_id: str) -> Volume:
    """Return a volume that the caller may see. Raise Cinder's 404."""
    volume = request.cloud.volume.volumes.get(volume_id)
    if volume is None or not request.caller.sees(volume.project_id):
        raise errors.not_found("Volume", volume_id)
    return volume


def index(request: Request) -> Reply:
    """GET /v3/volumes."""
    return listing.respond(request, "/volumes", _matching(request), "Volume", views.summary)


def index_detail(request: Request) -> Reply:
    """GET /v3/volumes/detail."""
    return listing.respond(request, "/volumes/detail", _matching(request), "Volume", views.detail)


def summarize(request: Request) -> Reply:
    """GET /v3/volumes/summary: their number and total size. Since 3.36 also the metadata of all."""
    rows = _matching(request)
    totals: Json = {"total_count": len(rows), "total_size": sum(row.size for row in rows)}
    if request.at_least((3, 36)):
        pairs = {(key, value) for row in rows for key, value in row.metadata.items()}
        totals["metadata"] = {key: sorted(value for name, value in pairs if name == key) for key, _ in sorted(pairs)}
    return Reply(200, {"volume-summary": totals})


def create(request: Request) -> Reply:
    """POST /v3/volumes: blank, or from an image, a snapshot or a volume."""
    given = request.object["volume"]
    if "multiattach" in given:
        raise errors.bad_request(
            "multiattach parameter has been removed. The default behavior is to use multiattach enabled volume types."
            " Contact your administrator to create a multiattach enabled volume type and use it to create multiattach"
            " volumes."
        )
    name, description = bodies.name_of(given), bodies.name_of(given, "description")
    asked_type = given.get("volume_type")
    wanted_type = volume_types.find(request, asked_type, by_name=True) if asked_type else None
    snapshot, source, image = _origin(request, given)
    size = _size(given, snapshot, source, image)
    zone = given.get("availability_zone")
    if zone not in (None, "", AVAILABILITY_ZONE):
        raise errors.bad_request(f"Availability zone '{zone}' is invalid.")
    state = request.cloud.volume
    origin = state.volumes.get(snapshot.volume_id) if snapshot else source
    kind = wanted_type or (state.type_of(origin) if origin else state.default_type)
    try:
        quotas.check_volume(state, request.project_id, size, kind.name)
    except quotas.QuotaExceededError as error:
        raise errors.over_quota(str(error)) from error
    volume = Volume(
        id=new_uuid(),
        project_id=request.project_id,
        user_id=request.caller.user_id,
        size=size,
        volume_type_id=kind.id,
        created_at=request.cloud.clock.now(),
        name=name,
        description=description,
        snapshot_id=snapshot.id if snapshot else None,
        source_volid=source.id if source else None,
        metadata=dict(given.get("metadata") or {}),
        bootable=origin is not None and origin.bootable,
    )
    lifecycle.create(request.cloud, volume, request.later, image=image)
    return Reply(202, {"volume": views.created(request, volume)})


def show(request: Request, volume_id: str) -> Reply:
    """GET /v3/volumes/{volume_id}."""
    return Reply(200, {"volume": views.detail(request, find(request, volume_id))})


def update(request: Request, volume_id: str) -> Reply:
    """PUT /v3/volumes/{volume_id}: name, description, and all of the metadata."""
    volume, given = find(request, volume_id), request.object["volume"]
    if "name" in given or "display_name" in given:
        volume.name = bodies.name_of(given)
    if "description" in given or "display_description" in given:
        volume.description = bodies.name_of(given, "description")
    if "metadata" in given:
        volume.metadata = dict(given["metadata"] or {})
    reply = Reply(200, {"volume": views.created(request, volume)})
    volume.updated_at = request.cloud.clock.now()
    return reply


def delete(request: Request, volume_id: str) -> Reply:
    """DELETE /v3/volumes/{volume_id}: ``cascade`` deletes the snapshots too, ``force`` ignores the status."""
    cascade = _flag(request, "cascade")
    force = _flag(request, "force") if request.at_least((3, 23)) else False
    volume = find(request, volume_id)
    if force and not request.caller.is_admin:
        raise errors.forbidden("volume:force_delete")
    reject_delete(request, volume, cascade=cascade, force=force)
    lifecycle.delete(request.cloud, volume, request.later)
    return Reply(202)


def reject_delete(request: Request, volume: Volume, *, cascade: bool = False, force: bool = False) -> None:
    """Raise Cinder's 400 for a volume that cannot be deleted now."""
    kept = request.cloud.volume.snapshots_of(volume.id)
    if cascade and any(each.status not in snapshots.DELETABLE for each in kept):
        raise errors.invalid_volume(_NOT_DELETABLE)
    allowed = force or volume.status in _DELETABLE
    if not allowed or volume.attachments or volume.migration_status or (kept and not cascade):
        raise errors.invalid_volume(_NOT_DELETABLE)


def _flag(request: Request, name: str) -> bool:
    text = request.args.get(name, "false")
    if text.lower() in ("1", "true", "t", "yes", "y", "on"):
        return True
    if text.lower() in ("0", "false", "f", "no", "n", "off", ""):
        return False
    raise errors.bad_request(f"Value '{text}' for '{name}' is not a boolean.")


def _origin(request: Request, given: Json) -> tuple[Snapshot | None, Volume | None, Image | None]:
    """Return the source of the volume: at most one of snapshot, volume and image."""
    snapshot_id, source_id = given.get("snapshot_id"), given.get("source_volid")
    image_id = given.get("imageRef") or given.get("image_id")
    snapshot = snapshots.find(request, snapshot_id) if snapshot_id else None
    source = find(request, source_id) if source_id else None
    image = None
    if image_id:
        is_admin = request.caller.is_admin
        image = images.find(request.cloud, request.project_id, image_id.rpartition("/")[2], is_admin=is_admin)
        if image is None:
            raise errors.bad_request("Invalid image identifier or unable to access requested image.")
        if image.status != "active":
            message = f"Image {image.id} is unacceptable: Image {image.id} is not active."
            raise errors.bad_request(message)
    if snapshot and snapshot.status != "available":
        raise errors.bad_request("Invalid snapshot: Originating snapshot status must be one of 'available' values")
    if source and source.status not in ("available", "in-use"):
        raise errors.invalid_volume("Originating volume status must be one of 'available, in-use' values")
    return snapshot, source, image


def _size(given: Json, snapshot: Snapshot | None, source: Volume | None, image: Image | None) -> int:
    """Return the size in GiB: the requested size, or that of the source. It must not be smaller than the source."""
    asked = given.get("size")
    if asked is None and snapshot is None and source is None:
        raise errors.bad_request(
            "The server could not comply with the request since it is either malformed or otherwise incorrect."
        )
    origin = snapshot.volume_size if snapshot else source.size if source else 0
    size = int(asked) if asked is not None else origin
    if size < 1:
        raise errors.bad_request(f"Invalid input received: Volume size '{size}' must be an integer and greater than 0")
    if size < origin:
        than = f"the snapshot size {origin}GB" if snapshot else f"original volume size  {origin}GB"
        raise errors.bad_request(
            f"Invalid input received: Volume size '{size}'GB cannot be smaller than {than}. They must be"
            f" >= original {'snapshot' if snapshot else 'volume'} size."
        )
    if image:
        needed = max(-(-(image.size or 0) // 2**30), image.min_disk)
        if size < needed:
            raise errors.bad_request(
                f"Invalid input received: Size of specified image {needed}GB is larger than volume size {size}GB."
            )
    return size


def _matching(request: Request) -> list[Volume]:
    """Return the volumes that the query asks for."""
    listing.reject_unknown(request, FILTERS)
    rows = listing.owned(request, list(request.cloud.volume.volumes))
    args = request.args
    for name in ("name", "status", "availability_zone", "migration_status", "id"):
        if name in args:
            rows = [row for row in rows if getattr(row, name) == args[name]]
    if "bootable" in args:
        rows = [row for row in rows if row.bootable == (args["bootable"].lower() in ("true", "1", "t", "yes"))]
    if "size" in args:
        rows = [row for row in rows if str(row.size) == args["size"]]
    if "metadata" in args:
        wanted = listing.named(args["metadata"]).items()
        rows = [row for row in rows if wanted <= views.metadata(row).items()]
    return rows
