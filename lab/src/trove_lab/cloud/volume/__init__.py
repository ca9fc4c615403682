"""Cinder 3. Source: https://docs.openstack.org/api-ref/block-storage/v3/ and exchanges with Cinder 29.0.0."""

from trove_lab.cloud.http import Microversions, Service
from trove_lab.cloud.volume import errors, routes
from trove_lab.cloud.volume.state import State

__all__ = ["SERVICE", "State"]

SERVICE = Service(
    name="volume",
    types=("block-storage", "volumev3"),
    mount="/volume",
    root=r"/v3(?:/[0-9a-f]{32})?",
    endpoint="/v3/%(project_id)s",
    routes=routes.ROUTES,
    documents=routes.DOCUMENTS,
    render_error=errors.render,
    invalid=errors.invalid,
    unauthorized=errors.unauthorized,
    forbidden=errors.forbidden,
    request_id_headers=("x-openstack-request-id", "x-compute-request-id"),
    microversions=Microversions(
        lowest=(3, 0),
        highest=(3, 71),
        headers=(("OpenStack-API-Version", "volume "),),
        malformed=errors.malformed_version,
        unsupported=errors.unsupported_version,
    ),
    admit=routes.admit,
    adapt=errors.adapt,
)
