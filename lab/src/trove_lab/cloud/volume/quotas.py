"""Quotas of projects and their usage."""

from __future__ import annotations

from typing import Any

from trove_lab.cloud.http import Json, Reply
from trove_lab.cloud.volume import errors
from trove_lab.cloud.volume.request import Request
from trove_lab.cloud.volume.state import State, Volume

DEFAULTS = {
    "volumes": 10,
    "per_volume_gigabytes": -1,
    "snapshots": 10,
    "gigabytes": 1000,
    "backups": 10,
    "backup_gigabytes": 1000,
    "groups": 10,
}
"""Cinder's default quotas. -1 means unlimited.

Source: https://docs.openstack.org/cinder/latest/configuration/block-storage/samples/cinder.conf.html, quota_*.
"""
_PER_TYPE = ("volumes", "gigabytes", "snapshots")
MAX_LIMIT = 0x7FFFFFFF


class QuotaExceededError(Exception):
    """A request exceeds a quota. The text is Cinder's own."""


def check_volume(state: State, project_id: str, size: int, type_name: str) -> None:
    """Raise QuotaExceededError if another volume of ``size`` GiB exceeds the project's quota."""
    check_size(state, project_id, size)
    _check_gigabytes(state, project_id, size, type_name)
    for name in ("volumes", f"volumes_{type_name}"):
        limit = limits(state, project_id)[name]
        if 0 <= limit < usage(state, project_id)[name] + 1:
            raise QuotaExceededError(
                f"VolumeLimitExceeded: Maximum number of volumes allowed ({limit}) exceeded for quota '{name}'."
            )


def check_growth(state: State, volume: Volume, size: int) -> None:
    """Raise QuotaExceededError if extending a volume to ``size`` GiB exceeds the project's quota."""
    check_size(state, volume.project_id, size)
    _check_gigabytes(state, volume.project_id, size - volume.size, state.type_of(volume).name)


def check_snapshot(state: State, volume: Volume) -> None:
    """Raise QuotaExceededError if another snapshot of the volume exceeds the project's quota."""
    type_name = state.type_of(volume).name
    _check_gigabytes(state, volume.project_id, volume.size, type_name)
    for name in ("snapshots", f"snapshots_{type_name}"):
        limit = limits(state, volume.project_id)[name]
        if 0 <= limit < usage(state, volume.project_id)[name] + 1:
            raise QuotaExceededError(f"SnapshotLimitExceeded: Maximum number of snapshots allowed ({limit}) exceeded")


def check_size(state: State, project_id: str, size: int) -> None:
    """Raise QuotaExceededError if ``size`` GiB exceeds the project's limit per volume."""
    limit = limits(state, project_id)["per_volume_gigabytes"]
    if 0 <= limit < size:
        raise QuotaExceededError(
            f"VolumeSizeExceedsLimit: Requested volume size {size}G is larger than maximum allowed limit {limit}G."
        )


def _check_gigabytes(state: State, project_id: str, more: int, type_name: str) -> None:
    for name in ("gigabytes", f"gigabytes_{type_name}"):
        limit, used = limits(state, project_id)[name], usage(state, project_id)[name]
        if 0 <= limit < used + more:
            raise QuotaExceededError(
                "VolumeSizeExceedsAvailableQuota: Requested volume or snapshot exceeds allowed"
                f" {name} quota. Requested {more}G, quota is {limit}G and {used}G has been consumed."
            )


def limits(state: State, project_id: str) -> dict[str, int]:
    """Return the limits of a project."""
    per_type = {f"{name}_{each.name}": -1 for each in state.types for name in _PER_TYPE}
    known = DEFAULTS | per_type
    return known | {name: limit for name, limit in state.quotas.get(project_id, {}).items() if name in known}


def usage(state: State, project_id: str) -> dict[str, int]:
    """Return the usage of a project. Snapshots count as gigabytes too."""
    used = dict.fromkeys(limits(state, project_id), 0)
    for volume in state.volumes.where(project_id=project_id):
        _count(used, "volumes", volume.size, state.type_of(volume).name)
    for snapshot in state.snapshots.where(project_id=project_id):
        volume_of = state.volumes.get(snapshot.volume_id)
        _count(used, "snapshots", snapshot.volume_size, state.type_of(volume_of).name if volume_of else "")
    return used


def _count(used: dict[str, int], what: str, size: int, type_name: str) -> None:
    for name, amount in ((what, 1), ("gigabytes", size)):
        used[name] += amount
        if type_name:
            used[f"{name}_{type_name}"] += amount


def show(request: Request, project_id: str) -> Reply:
    """GET /v3/os-quota-sets/{project_id}: with ``usage=true`` also the usage."""
    if not request.caller.sees(project_id):
        raise errors.forbidden("volume_extension:quotas:show")
    state = request.cloud.volume
    allowed: dict[str, Any] = dict(limits(state, project_id))
    if request.args.get("usage", "").lower() in ("true", "1", "yes", "on", "t"):
        used = usage(state, project_id)
        allowed = {name: {"limit": limit, "in_use": used[name], "reserved": 0} for name, limit in allowed.items()}
    return Reply(200, {"quota_set": {**allowed, "id": project_id}})


def defaults(request: Request, project_id: str) -> Reply:
    """GET /v3/os-quota-sets/{project_id}/defaults."""
    if not request.caller.sees(project_id):
        raise errors.forbidden("volume_extension:quotas:show")
    return Reply(200, {"quota_set": {**limits(request.cloud.volume, ""), "id": project_id}})


def update(request: Request, project_id: str) -> Reply:
    """PUT /v3/os-quota-sets/{project_id}."""
    given = request.object.get("quota_set")
    if not isinstance(given, dict):
        raise errors.invalid("quota_set", repr(given), f"{given!r} is not of type 'object'")
    state = request.cloud.volume
    known = limits(state, project_id)
    wanted = {name: value for name, value in given.items() if name not in ("skip_validation", "tenant_id", "force")}
    wrong = [name for name in wanted if name not in known]
    if wrong:
        raise errors.bad_request(f"Invalid input received: Bad key(s) in quota set: {','.join(sorted(wrong))}")
    state.quotas.setdefault(project_id, {}).update({name: _limit(name, value) for name, value in wanted.items()})
    return Reply(200, {"quota_set": limits(state, project_id)})


def delete(request: Request, project_id: str) -> Reply:
    """DELETE /v3/os-quota-sets/{project_id}: restores the defaults."""
    request.cloud.volume.quotas.pop(project_id, None)
    return Reply(200)


def _limit(name: str, value: object) -> int:
    try:
        limit = int(str(value))
    except ValueError:
        raise errors.bad_request(f"{name} must be an integer") from None
    if not -1 <= limit <= MAX_LIMIT:
        wanted = f"{name} must be >= -1" if limit < -1 else f"{name} must be <= {MAX_LIMIT}"
        raise errors.bad_request(wanted)
    return limit


def show_limits(request: Request) -> Reply:
    """GET /v3/limits: of the caller's project."""
    project_id = request.project_id
    if request.caller.is_admin and request.at_least((3, 39)):
        project_id = request.args.get("project_id") or request.args.get("tenant_id") or project_id
    allowed, used = limits(request.cloud.volume, project_id), usage(request.cloud.volume, project_id)
    absolute: Json = {
        "maxTotalVolumes": allowed["volumes"],
        "maxTotalSnapshots": allowed["snapshots"],
        "maxTotalVolumeGigabytes": allowed["gigabytes"],
        "maxTotalBackups": allowed["backups"],
        "maxTotalBackupGigabytes": allowed["backup_gigabytes"],
        "totalVolumesUsed": used["volumes"],
        "totalGigabytesUsed": used["gigabytes"],
        "totalSnapshotsUsed": used["snapshots"],
        "totalBackupsUsed": 0,
        "totalBackupGigabytesUsed": 0,
    }
    return Reply(200, {"limits": {"rate": [], "absolute": absolute}})
