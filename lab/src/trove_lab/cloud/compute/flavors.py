"""Flavors, and who may use private ones."""

from __future__ import annotations

from typing import Any

from trove_lab.cloud.compute import errors, lookups
from trove_lab.cloud.compute.parameters import BOOLEAN, DESCRIPTION, NAME, SIZE, SIZE_OR_ZERO, body, truth
from trove_lab.cloud.compute.request import ComputeCloud, Request
from trove_lab.cloud.compute.state import Flavor
from trove_lab.cloud.compute.validation import ANY, query
from trove_lab.cloud.compute.validation import body as checked
from trove_lab.cloud.compute.views import links, listed, paginate
from trove_lab.cloud.http import Json, Reply
from trove_lab.cloud.ids import new_uuid

_SORT_KEYS = {
    "created_at": lambda flavor: flavor.created_at,
    "description": lambda flavor: flavor.description or "",
    "disabled": lambda _: False,
    "ephemeral_gb": lambda flavor: flavor.ephemeral,
    "flavorid": lambda flavor: flavor.id,
    "id": lambda flavor: flavor.number,
    "is_public": lambda flavor: flavor.is_public,
    "memory_mb": lambda flavor: flavor.ram,
    "name": lambda flavor: flavor.name,
    "root_gb": lambda flavor: flavor.disk,
    "rxtx_factor": lambda flavor: flavor.rxtx_factor,
    "swap": lambda flavor: flavor.swap,
    "updated_at": lambda _: 0.0,
    "vcpu_weight": lambda _: 0,
    "vcpus": lambda flavor: flavor.vcpus,
}
_QUERY: Json = {
    "is_public": ANY,
    "minRam": ANY,
    "minDisk": ANY,
    "sort_key": {"type": "array", "items": {"type": "string", "enum": list(_SORT_KEYS)}},
    "sort_dir": {"type": "array", "items": {"type": "string", "enum": ["asc", "desc"]}},
}
_CREATE: Json = {
    "name": NAME,
    "id": {"type": ["string", "number", "null"], "minLength": 1, "maxLength": 255, "pattern": "^[a-zA-Z0-9-_. ]*$"},
    "ram": SIZE,
    "vcpus": SIZE,
    "disk": SIZE_OR_ZERO,
    "OS-FLV-EXT-DATA:ephemeral": SIZE_OR_ZERO,
    "swap": SIZE_OR_ZERO,
    "rxtx_factor": {"type": ["number", "string"], "pattern": r"^[0-9]+(\.[0-9]+)?$", "minimum": 0},
    "os-flavor-access:is_public": BOOLEAN,
}


def add(
    cloud: ComputeCloud,
    name: str,
    ram: int,
    vcpus: int,
    disk: int,
    *,
    flavor_id: str | None = None,
    ephemeral: int = 0,
    swap: int = 0,
    is_public: bool = True,
) -> Flavor:
    """Add a flavor: ``ram`` and ``swap`` in MiB, ``disk`` and ``ephemeral`` in GiB."""
    flavor = Flavor(
        id=flavor_id or new_uuid(),
        number=next(cloud.compute.numbers),
        name=name,
        ram=ram,
        vcpus=vcpus,
        disk=disk,
        ephemeral=ephemeral,
        swap=swap,
        is_public=is_public,
        created_at=cloud.clock.now(),
    )
    return cloud.compute.flavors.add(flavor)


def index(request: Request) -> Reply:
    """GET /flavors: ids and names."""
    return _list(request, "flavors", detailed=False)


def detail(request: Request) -> Reply:
    """GET /flavors/detail."""
    return _list(request, "flavors/detail", detailed=True)


def _list(request: Request, path: str, *, detailed: bool) -> Reply:
    named = {"name": ANY} if request.at_least((2, 102)) else {}
    given = query(request, {**_QUERY, **named})
    rows = [flavor for flavor in request.cloud.compute.flavors if _fits(request, flavor)]
    key, direction = request.args.get("sort_key", "flavorid"), request.args.get("sort_dir", "asc")
    rows.sort(key=_SORT_KEYS[key], reverse=direction == "desc")
    shown, next_links = paginate(request, rows, path=path, query=given)
    views = [_view(request, each) if detailed else _brief(request, each) for each in shown]
    return Reply(200, listed("flavors", views, next_links))


def _fits(request: Request, flavor: Flavor) -> bool:
    asked: dict[str, Any] = request.args.to_dict()
    for name in ("minRam", "minDisk"):
        if name in asked and not asked[name].isdecimal():
            raise errors.bad_request(f"Invalid {name} filter [{asked[name]}]")
    if flavor.ram < int(asked.get("minRam", 0)) or flavor.disk < int(asked.get("minDisk", 0)):
        return False
    if request.at_least((2, 102)) and asked.get("name", flavor.name) != flavor.name:
        return False
    if not request.caller.is_admin:
        return flavor.is_public or request.project_id in flavor.project_ids
    wanted = asked.get("is_public", "true")
    return wanted.lower() == "none" or flavor.is_public == truth(wanted)


def show(request: Request, flavor_id: str) -> Reply:
    """GET /flavors/{flavor_id}."""
    return Reply(200, {"flavor": _view(request, find(request, flavor_id))})


def create(request: Request) -> Reply:
    """POST /flavors."""
    properties = {**_CREATE, "description": DESCRIPTION} if request.at_least((2, 55)) else _CREATE
    given = checked(request, body("flavor", properties, ("name", "ram", "vcpus", "disk")))["flavor"]
    flavors = request.cloud.compute.flavors
    flavor_id = given.get("id")
    flavor_id = None if flavor_id in (None, "auto") else str(flavor_id)
    if flavor_id is not None and flavor_id in flavors:
        raise errors.conflict(f"Flavor with ID {flavor_id} already exists.")
    if flavors.where(name=given["name"]):
        raise errors.conflict(f"Flavor with name {given['name']} already exists.")
    flavor = add(
        request.cloud,
        given["name"],
        int(given["ram"]),
        int(given["vcpus"]),
        int(given["disk"]),
        flavor_id=flavor_id,
        ephemeral=int(given.get("OS-FLV-EXT-DATA:ephemeral", 0)),
        swap=int(given.get("swap", 0)),
        is_public=truth(given.get("os-flavor-access:is_public", True)),
    )
    flavor.rxtx_factor = float(given.get("rxtx_factor", 1.0))
    flavor.description = given.get("description")
    if not flavor.is_public:
        flavor.project_ids.append(request.project_id)
    return Reply(200, {"flavor": _view(request, flavor)})


def update(request: Request, flavor_id: str) -> Reply:
    """PUT /flavors/{flavor_id}: the description."""
    given = checked(request, body("flavor", {"description": DESCRIPTION}, ("description",)))["flavor"]
    flavor = find(request, flavor_id)
    flavor.description = given["description"]
    return Reply(200, {"flavor": _view(request, flavor)})


def delete(request: Request, flavor_id: str) -> Reply:
    """DELETE /flavors/{flavor_id}: servers keep their copies."""
    request.cloud.compute.flavors.remove(find(request, flavor_id).id)
    return Reply(202)


def find(request: Request, flavor_id: str) -> Flavor:
    """Return a flavor that the caller may use. Raise ApiError 404."""
    flavor = lookups.flavor(request, flavor_id)
    if flavor is None:
        raise errors.no_flavor(flavor_id)
    return flavor


def _brief(request: Request, flavor: Flavor) -> Json:
    view: Json = {"id": flavor.id, "name": flavor.name, "links": links(request, f"flavors/{flavor.id}")}
    if request.at_least((2, 55)):
        view["description"] = flavor.description
    return view


def _view(request: Request, flavor: Flavor) -> Json:
    view: Json = {
        "id": flavor.id,
        "name": flavor.name,
        "ram": flavor.ram,
        "disk": flavor.disk,
        "swap": flavor.swap if flavor.swap or request.at_least((2, 75)) else "",
        "OS-FLV-EXT-DATA:ephemeral": flavor.ephemeral,
        "OS-FLV-DISABLED:disabled": False,
        "vcpus": flavor.vcpus,
        "os-flavor-access:is_public": flavor.is_public,
        "rxtx_factor": flavor.rxtx_factor,
        "links": links(request, f"flavors/{flavor.id}"),
    }
    if request.at_least((2, 102)):
        del view["OS-FLV-DISABLED:disabled"], view["rxtx_factor"]
    if request.at_least((2, 55)):
        view["description"] = flavor.description
    if request.at_least((2, 61)):
        view["extra_specs"] = dict(flavor.extra_specs)
    return view
