"""For which projects a request speaks: Designate lets administrators say it in headers."""

from dataclasses import replace

from trove_lab.cloud.dns import errors
from trove_lab.cloud.dns.request import Request

_TRUE = ("1", "t", "true", "on", "y", "yes")


def admit(request: Request) -> None:
    """Take over the project an administrator speaks for, and refuse a body that is not JSON.

    X-Auth-Sudo-Project-ID names one project, X-Auth-All-Projects all of them; others who send them get a 403.
    Source: https://docs.openstack.org/api-ref/dns/ and exchanges with Designate 23.0.0.
    """
    sudo = request.headers.get("X-Auth-Sudo-Project-ID") or request.headers.get("X-Auth-Sudo-Tenant-ID")
    if (sudo or everything(request)) and not request.caller.is_admin:
        raise errors.no_such_scope()
    if sudo:
        request.caller = replace(request.caller, project_id=sudo)
    if request.method in ("POST", "PATCH", "PUT") and request.data and request.mimetype != "application/json":
        raise errors.unsupported_content_type()


def everything(request: Request) -> bool:
    """Say whether the request is about all projects."""
    asked = request.args.get("all_projects") or request.args.get("all_tenants")
    return (asked or request.headers.get("X-Auth-All-Projects", "")).lower() in _TRUE


def sees(request: Request, project_id: str) -> bool:
    """Say whether the request is about this project. Being an administrator alone is not enough in Designate."""
    return everything(request) or project_id == request.project_id
