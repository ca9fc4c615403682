"""Nova 2.1. Source: https://docs.openstack.org/api-ref/compute/ and exchanges with Nova 34.0.0."""

from trove_lab.cloud.compute import errors, routes, versions
from trove_lab.cloud.compute.state import State
from trove_lab.cloud.http import Service

__all__ = ["SERVICE", "State"]

SERVICE = Service(
    name="compute",
    types=("compute",),
    mount="/compute",
    root=r"/v2\.1(?:/[0-9a-f]{32})?",
    endpoint="/v2.1",
    routes=routes.ROUTES,
    documents=routes.DOCUMENTS,
    render_error=errors.render,
    invalid=errors.invalid,
    unauthorized=errors.unauthorized,
    forbidden=errors.forbidden,
    unsupported_media_type=errors.unsupported_media_type,
    request_id_headers=("x-openstack-request-id", "x-compute-request-id"),
    microversions=versions.MICROVERSIONS,
)
