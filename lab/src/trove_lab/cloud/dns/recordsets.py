"""Recordsets: of one zone, and of all zones."""

from __future__ import annotations

from trove_lab.cloud.dns import errors, listing, quotas, scope, values, zones
from trove_lab.cloud.dns.request import Request
from trove_lab.cloud.dns.state import Recordset, Zone
from trove_lab.cloud.http import ApiError, Json, Reply
from trove_lab.cloud.ids import new_uuid

_SETTABLE = ("ttl", "description", "records")
FILTERS = ("name", "type", "ttl", "data", "status", "description")
SORT_KEYS = ("created_at", "id", "updated_at", "zone_id", "tenant_id", "name", "type", "ttl", "records")


def index(request: Request, zone_id: str | None = None) -> Reply:
    """GET /v2/zones/{zone_id}/recordsets, and GET /v2/recordsets over all zones."""
    if zone_id is not None:
        zones.find(request, zone_id)
    rows = [
        recordset
        for recordset in request.cloud.dns.recordsets
        if scope.sees(request, recordset.project_id)
        and zone_id in (None, recordset.zone_id)
        and not _is_being_deleted(recordset)
    ]
    return listing.respond(request, "recordsets", rows, _view, filters=FILTERS, sort_keys=SORT_KEYS)


def create(request: Request, zone_id: str) -> Reply:
    """POST /v2/zones/{zone_id}/recordsets: PENDING, then ACTIVE. Without records ACTIVE at once."""
    given, now = request.object, request.cloud.clock.now()
    values.known_keys(given, ("name", "type", *_SETTABLE), "recordset")
    name = values.host_name(given["name"]) if "name" in given else None
    recordset = Recordset(
        id=new_uuid(), project_id="", zone_id=zone_id, name=name or "", type="", records=[], created_at=now
    )
    kind = given.get("type")
    if not isinstance(kind, str) or kind not in values.TYPES:
        raise errors.InvalidObject(["recordset", "type"], f"'{kind}' is not a valid record type", "value", [kind])
    recordset.type = kind
    _set(recordset, given)
    if name is None:
        raise ApiError(400, "invalid_object", "")
    if kind == "SOA":
        raise errors.bad_request("Creating a SOA recordset is not allowed")
    zone = zones.find(request, zone_id)
    zones.reject_deleting(zone)
    recordset.project_id = zone.project_id
    quotas.check_recordsets(request.cloud.dns, zone)
    _reject_place(request, zone, recordset)
    quotas.check_records(request.cloud.dns, zone, len(recordset.records), len(recordset.records))
    request.cloud.dns.recordsets.add(recordset)
    if not recordset.records:
        recordset.status, recordset.action = "ACTIVE", "NONE"
        return Reply(201, _view(request, recordset), {"Location": _link(request, recordset)})
    zones.touch(request, zone, "recordset.create")
    _later(request, recordset, "recordset.create")
    return Reply(202, _view(request, recordset), {"Location": _link(request, recordset)})


def show(request: Request, zone_id: str, recordset_id: str) -> Reply:
    """GET /v2/zones/{zone_id}/recordsets/{recordset_id}."""
    return Reply(200, _view(request, _find(request, zone_id, recordset_id)))


def locate(request: Request, recordset_id: str) -> Reply:
    """GET /v2/recordsets/{recordset_id}: redirects to the recordset in its zone."""
    listing.require_uuid("recordset_id", recordset_id)
    recordset = request.cloud.dns.recordsets.get(recordset_id)
    if recordset is None or _is_being_deleted(recordset) or not scope.sees(request, recordset.project_id):
        raise errors.not_found("RecordSet")
    return Reply(301, "", {"Location": _link(request, recordset)})


def update(request: Request, zone_id: str, recordset_id: str) -> Reply:
    """PUT /v2/zones/{zone_id}/recordsets/{recordset_id}: attributes that are not given keep their values."""
    recordset, given = _find(request, zone_id, recordset_id), request.object
    zone = zones.find(request, zone_id)
    if recordset.managed:
        raise errors.bad_request("Managed records may not be updated")
    values.known_keys(given, _SETTABLE, "recordset")
    zones.reject_deleting(zone)
    if "records" in given:
        wanted = values.records(given["records"], recordset.type)
        _reject_many_names(recordset.type, wanted)
        quotas.check_records(request.cloud.dns, zone, len(wanted) - len(recordset.records), len(wanted))
    _set(recordset, given)
    recordset.version, recordset.updated_at = recordset.version + 1, request.cloud.clock.now()
    recordset.status, recordset.action = "PENDING", "UPDATE"
    zones.touch(request, zone, "recordset.update")
    _later(request, recordset, "recordset.update")
    return Reply(202, _view(request, recordset))


def delete(request: Request, zone_id: str, recordset_id: str) -> Reply:
    """DELETE /v2/zones/{zone_id}/recordsets/{recordset_id}.

    The reply shows the recordset PENDING. From then on it is not found (exchange with Designate 23.0.0), although the
    name servers still serve it until the transition ends. The inventory of the control API shows it until then. If the
    deletion fails, it is found again, in ERROR.
    """
    recordset = _find(request, zone_id, recordset_id)
    zone = zones.find(request, zone_id)
    if recordset.type == "SOA":
        raise errors.bad_request("Deleting a SOA recordset is not allowed")
    if recordset.managed:
        raise errors.bad_request("Managed records may not be deleted")
    zones.reject_deleting(zone)
    recordset.status, recordset.action = "PENDING", "DELETE"
    recordset.version, recordset.updated_at = recordset.version + 1, request.cloud.clock.now()
    zones.touch(request, zone, "recordset.delete")
    table = request.cloud.dns.recordsets
    request.later(
        recordset.id,
        "recordset.delete",
        lambda: table.remove(recordset.id),
        lambda: _become(recordset, "ERROR", "DELETE"),
    )
    return Reply(202, _view(request, recordset))


def _find(request: Request, zone_id: str, recordset_id: str) -> Recordset:
    """Return a recordset of a zone. Raise Designate's 404, which names the zone only if the recordset exists."""
    listing.require_uuid("zone_id", zone_id)
    listing.require_uuid("recordset_id", recordset_id)
    recordset = request.cloud.dns.recordsets.get(recordset_id)
    if recordset is None or recordset.zone_id != zone_id or _is_being_deleted(recordset):
        raise errors.not_found("RecordSet")
    zones.find(request, zone_id)
    return recordset


def _is_being_deleted(recordset: Recordset) -> bool:
    return recordset.action == "DELETE" and recordset.status == "PENDING"


def _reject_place(request: Request, zone: Zone, recordset: Recordset) -> None:
    """Raise Designate's 400 or 409 for a name that is invalid in the zone."""
    name, kind = recordset.name, recordset.type
    if name != zone.name and not name.endswith("." + zone.name):
        raise errors.wrong_location("RecordSet is not contained within it's parent zone")
    if kind == "CNAME" and name == zone.name:
        raise errors.wrong_location("CNAME recordsets may not be created at the zone apex")
    others = [
        each for each in request.cloud.dns.recordsets_of(zone.id) if each.name == name and not _is_being_deleted(each)
    ]
    if any("CNAME" in (kind, each.type) for each in others):
        raise errors.wrong_location("CNAME recordsets may not share a name with any other records")
    for child in request.cloud.dns.zones:
        if child.name.endswith("." + zone.name) and (name == child.name or name.endswith("." + child.name)):
            raise errors.wrong_location(f"RecordSet belongs in a child zone: {child.name}")
    _reject_many_names(kind, recordset.records)
    if any(each.type == kind for each in others):
        raise errors.duplicate("RecordSet")


def _reject_many_names(kind: str, records: list[str]) -> None:
    if kind == "CNAME" and len(records) > 1:
        raise errors.bad_request("CNAME recordsets may not have more than 1 record")


def _set(recordset: Recordset, given: Json) -> None:
    """Change a recordset. Nothing changes if any value is invalid."""
    checked: Json = {}
    if "ttl" in given:
        checked["ttl"] = values.ttl(given["ttl"])
    if "description" in given:
        checked["description"] = values.description(given["description"])
    if "records" in given:
        checked["records"] = values.records(given["records"], recordset.type)
    for name, value in checked.items():
        setattr(recordset, name, value)


def _later(request: Request, recordset: Recordset, operation: str) -> None:
    request.later(
        recordset.id,
        operation,
        lambda: _become(recordset, "ACTIVE", "NONE"),
        lambda: _become(recordset, "ERROR", recordset.action),
    )


def _become(recordset: Recordset, status: str, action: str) -> None:
    recordset.status, recordset.action = status, action


def _link(request: Request, recordset: Recordset) -> str:
    return request.link(f"/v2/zones/{recordset.zone_id}/recordsets/{recordset.id}")


def _view(request: Request, recordset: Recordset) -> Json:
    zone = request.cloud.dns.zones.get(recordset.zone_id)
    return {
        "id": recordset.id,
        "zone_id": recordset.zone_id,
        "project_id": recordset.project_id,
        "name": recordset.name,
        "zone_name": zone.name if zone else None,
        "type": recordset.type,
        "records": list(recordset.records),
        "description": recordset.description,
        "ttl": recordset.ttl,
        "status": recordset.status,
        "action": recordset.action,
        "version": recordset.version,
        "created_at": zones.moment(recordset.created_at),
        "updated_at": zones.moment(recordset.updated_at),
        "links": {"self": _link(request, recordset)},
    }
