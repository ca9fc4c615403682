"""The control API: how tests set and read the cloud itself. ``docs/minicloud.md`` describes it."""

from trove_lab.cloud.control import errors, inventory, routes
from trove_lab.cloud.http import Service

__all__ = ["SERVICE", "inventory"]

SERVICE = Service(
    name="control",
    types=(),
    mount="/_control",
    root="",
    endpoint="",
    routes=routes.ROUTES,
    documents=(),
    render_error=errors.render,
    invalid=errors.invalid,
    unauthorized=errors.unauthorized,
    forbidden=errors.forbidden,
)
