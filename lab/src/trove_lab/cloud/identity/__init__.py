"""Keystone v3. Source: https://docs.openstack.org/api-ref/identity/v3/ and exchanges with Keystone 30.0.0."""

from trove_lab.cloud.http import Service
from trove_lab.cloud.identity import errors, routes
from trove_lab.cloud.identity.state import State

__all__ = ["SERVICE", "State"]

SERVICE = Service(
    name="identity",
    types=("identity",),
    mount="/identity",
    root=r"/v3",
    endpoint="",
    routes=routes.ROUTES,
    documents=routes.DOCUMENTS,
    render_error=errors.render,
    invalid=errors.invalid,
    unauthorized=errors.unauthorized,
    forbidden=errors.forbidden,
    unsupported_media_type=errors.unsupported_media_type,
)
