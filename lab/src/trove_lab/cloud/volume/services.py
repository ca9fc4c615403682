"""Cinder's services, availability zones and pools, for administrators."""

from __future__ import annotations

from trove_lab.cloud.http import Json, Reply
from trove_lab.cloud.volume.request import Request
from trove_lab.cloud.volume.state import AVAILABILITY_ZONE, HOST
from trove_lab.cloud.volume.views import moment


def index(request: Request) -> Reply:
    """GET /v3/os-services: filters ``binary`` and ``host``."""
    now, host = moment(request.cloud.clock.now()), HOST.partition("#")[0]
    alive: Json = {"zone": AVAILABILITY_ZONE, "status": "enabled", "state": "up", "updated_at": now}
    back_end: Json = {"replication_status": "disabled", "active_backend_id": None, "frozen": False}
    rows: list[Json] = [
        {"binary": "cinder-volume", "host": host, **alive, "disabled_reason": None, **back_end},
        {"binary": "cinder-scheduler", "host": host.partition("@")[0], **alive, "disabled_reason": None},
    ]
    if request.at_least((3, 7)):
        rows[0]["cluster"] = None
    if request.at_least((3, 49)):
        rows[0]["backend_state"] = "up"
    wanted = {name: value for name, value in request.args.items() if name in ("binary", "host")}
    return Reply(200, {"services": [row for row in rows if wanted.items() <= row.items()]})


def index_zones(_request: Request) -> Reply:
    """GET /v3/os-availability-zone."""
    return Reply(200, {"availabilityZoneInfo": [{"zoneName": AVAILABILITY_ZONE, "zoneState": {"available": True}}]})


def index_pools(request: Request) -> Reply:
    """GET /v3/scheduler-stats/get_pools: ``detail`` adds the capabilities of the pool."""
    pool: Json = {"name": HOST}
    if request.args.get("detail", "").lower() in ("true", "1"):
        pool["capabilities"] = {
            "pool_name": HOST.rpartition("#")[2],
            "volume_backend_name": "lvm",
            "storage_protocol": "iSCSI",
            "total_capacity_gb": "infinite",
            "free_capacity_gb": "infinite",
            "allocated_capacity_gb": sum(volume.size for volume in request.cloud.volume.volumes),
            "reserved_percentage": 0,
            "timestamp": moment(request.cloud.clock.now()),
        }
    return Reply(200, {"pools": [pool]})


def index_extensions(_request: Request) -> Reply:
    """GET /v3/extensions: always empty. The microversion tells what this Cinder supports."""
    return Reply(200, {"extensions": []})
