"""The extra specs of flavors, and the projects that may use private flavors."""

from trove_lab.cloud.compute import errors, flavors
from trove_lab.cloud.compute.parameters import body as named
from trove_lab.cloud.compute.request import Request
from trove_lab.cloud.compute.validation import body
from trove_lab.cloud.http import ApiError, Json, Reply

_SPECS: Json = {
    "type": "object",
    "patternProperties": {"^[a-zA-Z0-9-_:. ]{1,255}$": {"type": ["string", "number"], "maxLength": 255}},
    "additionalProperties": False,
}
_ALL: Json = {
    "type": "object",
    "properties": {"extra_specs": _SPECS},
    "required": ["extra_specs"],
    "additionalProperties": False,
}
_ONE: Json = {**_SPECS, "minProperties": 1, "maxProperties": 1}
_TENANT: Json = {"tenant": {"type": "string", "pattern": "^[a-zA-Z0-9-]*$", "minLength": 1, "maxLength": 255}}


def index(request: Request, flavor_id: str) -> Reply:
    """GET /flavors/{flavor_id}/os-extra_specs."""
    return Reply(200, {"extra_specs": dict(flavors.find(request, flavor_id).extra_specs)})


def create(request: Request, flavor_id: str) -> Reply:
    """POST /flavors/{flavor_id}/os-extra_specs: adds and replaces."""
    given = {name: str(value) for name, value in body(request, _ALL)["extra_specs"].items()}
    flavors.find(request, flavor_id).extra_specs.update(given)
    return Reply(200, {"extra_specs": given})


def show(request: Request, flavor_id: str, key: str) -> Reply:
    """GET /flavors/{flavor_id}/os-extra_specs/{key}."""
    specs = flavors.find(request, flavor_id).extra_specs
    if key not in specs:
        raise _no_spec(flavor_id, key)
    return Reply(200, {key: specs[key]})


def update(request: Request, flavor_id: str, key: str) -> Reply:
    """PUT /flavors/{flavor_id}/os-extra_specs/{key}."""
    given = body(request, _ONE)
    if key not in given:
        raise errors.bad_request("Request body and URI mismatch")
    flavors.find(request, flavor_id).extra_specs[key] = str(given[key])
    return Reply(200, {key: str(given[key])})


def delete(request: Request, flavor_id: str, key: str) -> Reply:
    """DELETE /flavors/{flavor_id}/os-extra_specs/{key}."""
    if flavors.find(request, flavor_id).extra_specs.pop(key, None) is None:
        raise _no_spec(flavor_id, key)
    return Reply(200)


def list_access(request: Request, flavor_id: str) -> Reply:
    """GET /flavors/{flavor_id}/os-flavor-access."""
    flavor = flavors.find(request, flavor_id)
    if flavor.is_public:
        raise errors.not_found("Access list not available for public flavors.")
    return Reply(200, _access(request, flavor_id))


def add_or_remove_access(request: Request, flavor_id: str) -> Reply:
    """POST /flavors/{flavor_id}/action: ``addTenantAccess`` and ``removeTenantAccess``."""
    given = request.object
    name = next(iter(given), "")
    if name not in ("addTenantAccess", "removeTenantAccess"):
        raise errors.bad_request(f"There is no such action: {name}" if name else "Malformed request body")
    project_id = body(request, named(name, _TENANT, ("tenant",)))[name]["tenant"]
    flavor = flavors.find(request, flavor_id)
    there = project_id in flavor.project_ids
    if name == "addTenantAccess":
        if flavor.is_public:
            raise errors.conflict("Can not add access to a public flavor.")
        if there:
            raise errors.conflict(
                f"Flavor access already exists for flavor {flavor_id} and project {project_id} combination."
            )
        flavor.project_ids.append(project_id)
    elif there:
        flavor.project_ids.remove(project_id)
    else:
        raise errors.not_found(f"Flavor access not found for {flavor_id} / {project_id} combination.")
    return Reply(200, _access(request, flavor_id))


def _access(request: Request, flavor_id: str) -> Json:
    flavor = flavors.find(request, flavor_id)
    return {"flavor_access": [{"flavor_id": flavor_id, "tenant_id": each} for each in flavor.project_ids]}


def _no_spec(flavor_id: str, key: str) -> ApiError:
    return errors.not_found(f"Flavor {flavor_id} has no extra specs with key {key}.")
