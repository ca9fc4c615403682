"""Neutron v2.0. Source: https://docs.openstack.org/api-ref/network/v2/ and exchanges with Neutron 29.0.0."""

from trove_lab.cloud.http import Service
from trove_lab.cloud.network import errors, routes
from trove_lab.cloud.network.state import State

__all__ = ["SERVICE", "State"]

SERVICE = Service(
    name="network",
    types=("network",),
    mount="/network",
    root=r"/v2\.0",
    endpoint="",
    routes=routes.ROUTES,
    documents=routes.DOCUMENTS,
    render_error=errors.render,
    invalid=errors.invalid,
    unauthorized=errors.unauthorized,
    forbidden=errors.forbidden,
)
