"""The projects that a request is about. Designate lets administrators choose them by headers."""

from dataclasses import replace

from trove_lab.cloud.dns import errors
from trove_lab.cloud.dns.request import Request

_TRUE = ("1", "t", "true", "on", "y", "yes")


def admit(request: Request) -> None:
    """Apply the project that an administrator acts for, and reject a body that is not JSON.

    X-Auth-Sudo-Project-ID names one project, X-Auth-All-Projects means all. Other callers who send them get a 403.
    Source: https://docs.openstack.org/api-ref/dns/ and exchanges with Designate 23.0.0.
    """
    sudo = request.headers.get("X-Auth-Sudo-Project-ID") or request.headers.get("X-Auth-Sudo-Tenant-ID")
    if (sudo or all_projects(request)) and not request.caller.is_admin:
        raise errors.no_such_scope()
    if sudo:
        request.caller = replace(request.caller, project_id=sudo)
    if request.method in ("POST", "PATCH", "PUT") and request.data and request.mimetype != "application/json":
        raise errors.unsupported_content_type()


def all_projects(request: Request) -> bool:
    """Return whether the request is about all projects."""
    asked = request.args.get("all_projects") or request.args.get("all_tenants")
    return (asked or request.headers.get("X-Auth-All-Projects", "")).lower() in _TRUE


def sees(request: Request, project_id: str) -> bool:
    """Return whether the request is about this project.

    In Designate, the role of an administrator alone is not enough.
    """
    return all_projects(request) or project_id == request.project_id
