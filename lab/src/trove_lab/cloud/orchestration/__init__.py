"""Heat, which is no part of the cloud: its requests are passed on to a heat-api.

So they are in the log, and meet faults, as those to any other service.
"""

from trove_lab.cloud.http import Service
from trove_lab.cloud.orchestration import errors
from trove_lab.cloud.orchestration.forwarding import Forwarding

__all__ = ["service"]


def service(heat_url: str) -> Service:
    """Return the service that stands before the heat-api at ``heat_url``, without a slash at its end."""
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
