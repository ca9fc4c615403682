"""Glance v2. Source: https://docs.openstack.org/api-ref/image/v2/ and exchanges with Glance 33.0.0."""

from trove_lab.cloud.http import Service
from trove_lab.cloud.image import errors, routes
from trove_lab.cloud.image.state import State

__all__ = ["SERVICE", "State"]

SERVICE = Service(
    name="image",
    types=("image",),
    mount="/image",
    root=r"/v2",
    endpoint="",
    routes=routes.ROUTES,
    documents=routes.DOCUMENTS,
    render_error=errors.render,
    invalid=errors.invalid,
    unauthorized=errors.unauthorized,
    forbidden=errors.forbidden,
    adapt=errors.adapt,
)
