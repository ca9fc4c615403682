"""Swift v1. Source: https://docs.openstack.org/api-ref/object-store/."""

from trove_lab.cloud.http import Service
from trove_lab.cloud.object_store import accounts, errors, routes
from trove_lab.cloud.object_store.state import State

__all__ = ["SERVICE", "State"]

SERVICE = Service(
    name="object_store",
    types=("object-store",),
    mount="/object-store",
    root=r"/v1/AUTH_[0-9a-f]{32}",
    endpoint="/v1/AUTH_%(project_id)s",
    routes=routes.ROUTES,
    documents=routes.DOCUMENTS,
    render_error=errors.render,
    invalid=errors.invalid,
    unauthorized=errors.unauthorized,
    forbidden=errors.forbidden,
    request_id_headers=("x-trans-id", "x-openstack-request-id"),
    request_id_prefix="tx",
    admit=accounts.admit,
)
