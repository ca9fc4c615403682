"""Designate v2. Source: https://docs.openstack.org/api-ref/dns/ and exchanges with Designate 23.0.0."""

from trove_lab.cloud.dns import errors, routes, scope
from trove_lab.cloud.dns.state import State
from trove_lab.cloud.http import Service

__all__ = ["SERVICE", "State"]

SERVICE = Service(
    name="dns",
    types=("dns",),
    mount="/dns",
    root=r"/v2",
    endpoint="",
    routes=routes.ROUTES,
    documents=routes.DOCUMENTS,
    render_error=errors.render,
    invalid=errors.invalid,
    unauthorized=errors.unauthorized,
    forbidden=errors.forbidden,
    admit=scope.admit,
    adapt=errors.adapt,
)
