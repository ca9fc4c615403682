"""Zones. Each has two recordsets that Designate manages: NS and SOA."""

from __future__ import annotations

from trove_lab.cloud.clock import timestamp
from trove_lab.cloud.dns import errors, listing, quotas, scope, values
from trove_lab.cloud.dns.request import DnsCloud, Request
from trove_lab.cloud.dns.state import NAMESERVERS, Recordset, Zone
from trove_lab.cloud.http import ApiError, Json, Reply
from trove_lab.cloud.ids import new_uuid, seeded_uuid

_FORM = "%Y-%m-%dT%H:%M:%S.000000"
_SETTABLE = ("email", "ttl", "description", "masters", "attributes")
FILTERS = ("name", "type", "email", "status", "description", "ttl")
SORT_KEYS = ("created_at", "id", "updated_at", "name", "tenant_id", "serial", "ttl", "status")


def add(cloud: DnsCloud, *, name: str, project_id: str, email: str = "hostmaster@example.test") -> Zone:
    """Add an active zone to the seed. ``name`` ends with a dot."""
    zone_id = seeded_uuid(f"zone-{name}")
    zone = Zone(id=zone_id, project_id=project_id, name=name, email=email, created_at=cloud.clock.now())
    _keep(cloud, zone)
    _settle(cloud, zone)
    return zone


def find(request: Request, zone_id: str) -> Zone:
    """Return a zone that the request may see. Raise Designate's 400 or 404."""
    listing.require_uuid("zone_id", zone_id)
    zone = request.cloud.dns.zones.get(zone_id)
    if zone is None or not scope.sees(request, zone.project_id):
        raise errors.not_found("Zone")
    return zone


def touch(request: Request, zone: Zone, operation: str) -> None:
    """Record a change in the zone: PENDING until the name servers have it, with a new serial number."""
    if zone.action != "CREATE":
        zone.action = "UPDATE"
    _change(request.cloud, zone)
    _later(request, zone, operation)


def moment(value: float | None) -> str | None:
    """Return a time in Designate's format, or None."""
    return None if value is None else timestamp(value, form=_FORM)


def index(request: Request) -> Reply:
    """GET /v2/zones."""
    rows = [zone for zone in request.cloud.dns.zones if scope.sees(request, zone.project_id)]
    return listing.respond(request, "zones", rows, _view, filters=FILTERS, sort_keys=SORT_KEYS)


def create(request: Request) -> Reply:
    """POST /v2/zones."""
    given, state = request.object, request.cloud.dns
    values.known_keys(given, ("name", "type", *_SETTABLE), "zone")
    if given.get("type", "PRIMARY") not in ("PRIMARY", "SECONDARY"):
        raise errors.bad_value(f"Field value {given['type']} is invalid")
    if "name" in given:
        values.zone_name(given["name"])
    if "email" not in given and given.get("type", "PRIMARY") == "PRIMARY":
        raise errors.InvalidObject(["type", "email"], "'email' is a required property", "required", "email")
    zone = Zone(
        id=new_uuid(),
        project_id=request.project_id,
        name=str(given.get("name")),
        type=given.get("type", "PRIMARY"),
        created_at=request.cloud.clock.now(),
    )
    _set(zone, given)
    if "name" not in given:
        raise errors.InvalidObject(["records", 0, "name"], "'name' is a required property", "required", ["name"])
    quotas.check_zones(state, request.project_id)
    _reject_place(request, zone.name)
    _keep(request.cloud, zone)
    _later(request, zone, "zone.create")
    return Reply(202, _view(request, zone), {"Location": _link(request, zone)})


def show(request: Request, zone_id: str) -> Reply:
    """GET /v2/zones/{zone_id}."""
    return Reply(200, _view(request, find(request, zone_id)))


def update(request: Request, zone_id: str) -> Reply:
    """PATCH /v2/zones/{zone_id}."""
    zone, given = find(request, zone_id), request.object
    reject_deleting(zone)
    values.known_keys(given, _SETTABLE, "zone")
    _set(zone, given)
    touch(request, zone, "zone.update")
    return Reply(202, _view(request, zone))


def delete(request: Request, zone_id: str) -> Reply:
    """DELETE /v2/zones/{zone_id}: PENDING, then deleted with its recordsets. A second request is not an error."""
    zone = find(request, zone_id)
    if any(each.name.endswith("." + zone.name) for each in request.cloud.dns.zones):
        raise ApiError(400, "zone_has_subzone", "Please delete any subzones before deleting this zone")
    zone.action, zone.status = "DELETE", "PENDING"
    zone.version, zone.updated_at = zone.version + 1, request.cloud.clock.now()
    request.later(zone.id, "zone.delete", lambda: _remove(request.cloud, zone), lambda: _fail(zone))
    return Reply(202, _view(request, zone))


def index_nameservers(request: Request, zone_id: str) -> Reply:
    """GET /v2/zones/{zone_id}/nameservers."""
    find(request, zone_id)
    rows = [{"hostname": name, "priority": place} for place, name in enumerate(NAMESERVERS, 1)]
    return Reply(200, {"nameservers": rows})


def reject_deleting(zone: Zone) -> None:
    """Raise Designate's 400 for a zone that is being deleted."""
    if zone.action == "DELETE":
        raise errors.bad_request("Can not update a deleting zone")


def _set(zone: Zone, given: Json) -> None:
    """Change a zone. Nothing changes if any value is invalid."""
    checked: Json = {}
    if "email" in given:
        checked["email"] = values.email(given["email"])
    if "ttl" in given:
        checked["ttl"] = values.ttl(given["ttl"]) or zone.ttl
    if "description" in given:
        checked["description"] = values.description(given["description"])
    for name, kind in (("masters", list), ("attributes", dict)):
        if name in given:
            if not isinstance(given[name], kind):
                raise errors.InvalidObject([name], f"'{given[name]}' is not of type '{name}'", "type", name)
            checked[name] = given[name]
    for name, value in checked.items():
        setattr(zone, name, value)


def _reject_place(request: Request, name: str) -> None:
    for other in request.cloud.dns.zones:
        if other.name == name:
            raise errors.duplicate("Zone")
        mine = other.project_id == request.project_id
        if name.endswith("." + other.name) and not mine:
            raise ApiError(403, "illegal_child", "Unable to create subzone in another tenants zone")
        if other.name.endswith("." + name) and not mine:
            raise ApiError(
                403, "illegal_parent", "Unable to create zone because another tenant owns a subzone of the zone"
            )


def _keep(cloud: DnsCloud, zone: Zone) -> None:
    """Add a zone with its two managed recordsets."""
    cloud.dns.zones.add(zone)
    zone.serial = int(cloud.clock.now())
    for kind, records in (("NS", list(NAMESERVERS)), ("SOA", [_soa(zone)])):
        cloud.dns.recordsets.add(
            Recordset(
                id=new_uuid(),
                project_id=zone.project_id,
                zone_id=zone.id,
                name=zone.name,
                type=kind,
                records=records,
                created_at=zone.created_at,
                managed=True,
            )
        )


def _change(cloud: DnsCloud, zone: Zone) -> None:
    zone.status, zone.version = "PENDING", zone.version + 1
    zone.updated_at = cloud.clock.now()
    zone.serial = max(zone.serial + 1, int(cloud.clock.now()))
    for recordset in cloud.dns.recordsets.where(zone_id=zone.id, type="SOA"):
        recordset.records = [_soa(zone)]
        recordset.version, recordset.updated_at = recordset.version + 1, zone.updated_at


def _soa(zone: Zone) -> str:
    """Return the data of the SOA record: primary, mailbox, serial, refresh, retry, expire and minimum in seconds."""
    mailbox = (zone.email or "").replace("@", ".")
    return f"{NAMESERVERS[0]} {mailbox}. {zone.serial} 3516 600 86400 3600"


def _later(request: Request, zone: Zone, operation: str) -> None:
    request.later(zone.id, operation, lambda: _settle(request.cloud, zone), lambda: _fail(zone))


def _settle(cloud: DnsCloud, zone: Zone) -> None:
    zone.status, zone.action = "ACTIVE", "NONE"
    zone.version += 1
    zone.updated_at = cloud.clock.now()
    for recordset in cloud.dns.recordsets.where(zone_id=zone.id, managed=True):
        recordset.status, recordset.action = "ACTIVE", "NONE"


def _fail(zone: Zone) -> None:
    zone.status = "ERROR"


def _remove(cloud: DnsCloud, zone: Zone) -> None:
    for recordset in cloud.dns.recordsets_of(zone.id):
        cloud.transitions.cancel(recordset.id)
        cloud.dns.recordsets.remove(recordset.id)
    cloud.dns.zones.remove(zone.id)


def _link(request: Request, zone: Zone) -> str:
    return request.link(f"/v2/zones/{zone.id}")


def _view(request: Request, zone: Zone) -> Json:
    return {
        "id": zone.id,
        "pool_id": request.cloud.dns.pool_id,
        "project_id": zone.project_id,
        "name": zone.name,
        "email": zone.email,
        "description": zone.description,
        "ttl": zone.ttl,
        "serial": zone.serial,
        "shared": False,
        "status": zone.status,
        "action": zone.action,
        "version": zone.version,
        "attributes": zone.attributes,
        "type": zone.type,
        "masters": zone.masters,
        "created_at": moment(zone.created_at),
        "updated_at": moment(zone.updated_at),
        "transferred_at": moment(zone.transferred_at),
        "links": {"self": _link(request, zone)},
    }
