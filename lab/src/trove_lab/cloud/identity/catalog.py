"""The catalog: regions, services and their endpoints."""

from typing import Any

from trove_lab.cloud.http import Json, Reply
from trove_lab.cloud.identity import errors
from trove_lab.cloud.identity.lookups import find
from trove_lab.cloud.identity.request import Request
from trove_lab.cloud.identity.state import CatalogService, Endpoint
from trove_lab.cloud.identity.views import filters, listed, self_link
from trove_lab.cloud.ids import new_hex

SERVICE_SCHEMA: Json = {
    "type": "object",
    "required": ["service"],
    "properties": {
        "service": {
            "type": "object",
            "required": ["type"],
            "properties": {"type": {"type": "string"}, "name": {"type": "string"}, "description": {"type": "string"}},
        }
    },
}
ENDPOINT_SCHEMA: Json = {
    "type": "object",
    "required": ["endpoint"],
    "properties": {
        "endpoint": {
            "type": "object",
            "required": ["service_id", "interface", "url"],
            "properties": {
                "interface": {"enum": ["admin", "public", "internal"]},
                "service_id": {"type": "string"},
                "url": {"type": "string", "minLength": 1},
            },
        }
    },
}
_PROJECT = "%(project_id)s"


def view(request: Request, project_id: str | None) -> list[Json]:
    """Return the catalog as a token carries it. Without a project it omits endpoints whose URL contains one."""
    state = request.cloud.identity
    return [
        {
            "endpoints": [
                {
                    "id": endpoint.id,
                    "interface": endpoint.interface,
                    "region_id": endpoint.region_id,
                    "url": _url(request, endpoint).replace(_PROJECT, project_id or ""),
                    "region": endpoint.region_id,
                }
                for endpoint in state.endpoints.where(service_id=service.id, enabled=True)
                if project_id or _PROJECT not in endpoint.url
            ],
            "id": service.id,
            "type": service.type,
            "name": service.name,
        }
        for service in state.services.where(enabled=True)
    ]


def show(request: Request) -> Reply:
    """GET /v3/auth/catalog."""
    if request.caller.project_id is None:
        raise errors.refused()
    return Reply(200, {"catalog": view(request, request.project_id), "links": {"self": request.base_url}})


def list_regions(request: Request) -> Reply:
    """GET /v3/regions."""
    return listed(request, "regions", [_region(request)])


def show_region(request: Request, region_id: str) -> Reply:
    """GET /v3/regions/{region_id}."""
    if region_id != request.cloud.identity.region_id:
        raise errors.not_found("region", region_id)
    return Reply(200, {"region": _region(request)})


def list_services(request: Request) -> Reply:
    """GET /v3/services."""
    services = request.cloud.identity.services.where(**filters(request, "type", "name"))
    return listed(request, "services", [_service(request, each) for each in services])


def create_service(request: Request) -> Reply:
    """POST /v3/services."""
    given = request.object["service"]
    service = CatalogService(
        id=new_hex(), type=given["type"], name=given.get("name", ""), description=given.get("description", "")
    )
    request.cloud.identity.services.add(service)
    return Reply(201, {"service": _service(request, service)})


def show_service(request: Request, service_id: str) -> Reply:
    """GET /v3/services/{service_id}."""
    return Reply(200, {"service": _service(request, find(request.cloud.identity.services, "service", service_id))})


def delete_service(request: Request, service_id: str) -> Reply:
    """DELETE /v3/services/{service_id}: deletes its endpoints too."""
    state = request.cloud.identity
    state.services.remove(find(state.services, "service", service_id).id)
    for endpoint in state.endpoints.where(service_id=service_id):
        state.endpoints.remove(endpoint.id)
    return Reply(204)


def list_endpoints(request: Request) -> Reply:
    """GET /v3/endpoints."""
    endpoints = request.cloud.identity.endpoints.where(**filters(request, "service_id", "interface", "region_id"))
    return listed(request, "endpoints", [_endpoint(request, each) for each in endpoints])


def create_endpoint(request: Request) -> Reply:
    """POST /v3/endpoints."""
    given: dict[str, Any] = request.object["endpoint"]
    state = request.cloud.identity
    endpoint = Endpoint(
        id=new_hex(),
        service_id=find(state.services, "service", given["service_id"]).id,
        interface=given["interface"],
        region_id=given.get("region_id") or given.get("region") or state.region_id,
        url=given["url"].replace("$(", "%("),
    )
    state.endpoints.add(endpoint)
    return Reply(201, {"endpoint": _endpoint(request, endpoint)})


def show_endpoint(request: Request, endpoint_id: str) -> Reply:
    """GET /v3/endpoints/{endpoint_id}."""
    return Reply(200, {"endpoint": _endpoint(request, find(request.cloud.identity.endpoints, "endpoint", endpoint_id))})


def delete_endpoint(request: Request, endpoint_id: str) -> Reply:
    """DELETE /v3/endpoints/{endpoint_id}."""
    request.cloud.identity.endpoints.remove(find(request.cloud.identity.endpoints, "endpoint", endpoint_id).id)
    return Reply(204)


def _url(request: Request, endpoint: Endpoint) -> str:
    return request.host_url.rstrip("/") + endpoint.url if endpoint.url.startswith("/") else endpoint.url


def _region(request: Request) -> Json:
    region_id = request.cloud.identity.region_id
    return {"id": region_id, "description": "", "parent_region_id": None, **self_link(request, "regions", region_id)}


def _service(request: Request, service: CatalogService) -> Json:
    return {
        "name": service.name,
        "id": service.id,
        "type": service.type,
        "enabled": service.enabled,
        "description": service.description,
        **self_link(request, "services", service.id),
    }


def _endpoint(request: Request, endpoint: Endpoint) -> Json:
    return {
        "id": endpoint.id,
        "interface": endpoint.interface,
        "region_id": endpoint.region_id,
        "service_id": endpoint.service_id,
        "url": _url(request, endpoint),
        "enabled": endpoint.enabled,
        "region": endpoint.region_id,
        **self_link(request, "endpoints", endpoint.id),
    }
