"""Heat, which is not part of the cloud: its requests are forwarded to a heat-api.

They are therefore logged, and meet faults, like requests to any other service.
"""

from trove_lab.cloud.http import Service
from trove_lab.cloud.orchestration import errors
from trove_lab.cloud.orchestration.forwarding import Forwarding

__all__ = ["service"]


def service(heat_url: str) -> Service:
    """Return the service that forwards to the heat-api at ``heat_url``, a URL without a trailing slash."""
    return Service(
        name="orchestration",
        types=("orchestration",),
        mount="/orchestration",
        root=r"/v1/[0-9a-f]{32}",
        endpoint="/v1/%(project_id)s",
        routes=(),
        documents=(),
        render_error=errors.render,
        invalid=errors.invalid,
        unauthorized=errors.unauthorized,
        forbidden=errors.forbidden,
        forward=Forwarding(heat_url),
    )
