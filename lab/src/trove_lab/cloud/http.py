"""The types that all services share: requests, replies, routes, errors, services."""

from __future__ import annotations

import errno
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

from werkzeug.wrappers import Request as WerkzeugRequest

from trove_lab.cloud.clock import Clock
from trove_lab.cloud.transitions import Transitions

Json = dict[str, Any]
Version = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """The sender of a request, according to its token."""

    token: str
    user_id: str
    user_name: str
    domain_id: str
    project_id: str | None
    roles: frozenset[str]

    @property
    def is_admin(self) -> bool:
        """Whether the caller may access every project."""
        return "admin" in self.roles

    def sees(self, project_id: str | None) -> bool:
        """Return whether the caller may see what belongs to ``project_id``."""
        return self.is_admin or (project_id is not None and project_id == self.project_id)


@dataclass(frozen=True, slots=True)
class Reply:
    """The reply of a handler: JSON, HTML, bytes, or nothing. A Content-Type in ``headers`` takes precedence."""

    status: int
    body: Json | list[Any] | str | bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


class ApiError(Exception):
    """A request is rejected. Each service renders the error in its own form.

    ``kind`` is the service's name for the error (``itemNotFound``, ``OverQuota`` …).
    """

    def __init__(self, status: int, kind: str, message: str, *, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.kind = kind
        self.message = message
        self.headers = headers or {}


class Disconnect(ConnectionResetError):  # noqa: N818 - an event, not an error of the cloud
    """The connection must be closed without a reply.

    The HTTP server treats a connection reset that the application raises as one by the client, and closes the socket
    without logging an error.
    """

    def __init__(self) -> None:
        super().__init__(errno.ECONNRESET, "closed by a fault")


class BadJsonError(ValueError):
    """The body is not a JSON object."""


class BaseCloud(Protocol):
    """What every service needs of the cloud. Each service's ``request`` module adds what that service needs."""

    clock: Clock
    transitions: Transitions


C_co = TypeVar("C_co", bound=BaseCloud, covariant=True)


class Request(WerkzeugRequest, Generic[C_co]):
    """An HTTP request to the cloud."""

    cloud: C_co
    service: Service
    caller: Caller
    microversion: Version
    request_id: str
    fails_later: bool = False
    """A fault demands that the operation which this request starts ends in its error state."""

    @property
    def object(self) -> Json:
        """The JSON object in the body, whatever its content type; empty without a body. Raises BadJsonError."""
        data = self.get_data()
        if not data:
            return {}
        try:
            body = json.loads(data)
        except ValueError as error:
            raise BadJsonError(str(error)) from error
        if not isinstance(body, dict):
            raise BadJsonError("the body is not an object")
        return body

    @property
    def project_id(self) -> str:
        """The id of the project that the caller's token is scoped to."""
        if self.caller.project_id is None:
            raise AssertionError("an unscoped token is rejected before the handler is called")
        return self.caller.project_id

    def at_least(self, version: Version) -> bool:
        """Return whether the request's microversion is ``version`` or later."""
        return self.microversion >= version

    def link(self, path: str) -> str:
        """Return the absolute URL of ``path`` in this request's service."""
        return self.host_url.rstrip("/") + self.service.mount + path

    def later(self, key: str, operation: str, finish: Callable[[], None], failed: Callable[[], None]) -> None:
        """Finish ``operation`` on the resource ``key`` after its duration, or call ``failed`` if a fault demands it."""
        self.cloud.transitions.begin(key, operation, failed if self.fails_later else finish)


Handler = Callable[..., Reply]


@dataclass(frozen=True, slots=True, eq=False)
class Route:
    """A route of a service: ``Route("GET", "/servers/<server_id>", servers.show)``.

    ``schema`` is the JSON schema of the body. ``since`` is the first microversion that has the route. ``anonymous``
    routes need no token, ``unscoped`` ones no project. ``admin`` names the policy that admits administrators only.
    ``actions`` are the actions that a body with a single key may name.
    """

    method: str
    path: str
    handler: Handler
    schema: Json | None = None
    since: Version = (0, 0)
    anonymous: bool = False
    unscoped: bool = False
    admin: str | None = None
    actions: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Microversions:
    """The microversions of a service, and the headers that carry them."""

    lowest: Version
    highest: Version
    headers: Sequence[tuple[str, str]]
    """Pairs of a header and the prefix of its value: ("OpenStack-API-Version", "compute "). Replies carry the first."""
    malformed: Callable[[str], ApiError]
    """Return the error for text that is not a version."""
    unsupported: Callable[[str], ApiError]
    """Return the error for a version that is not supported."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A service of the cloud: where it is mounted, what it implements, and how it renders errors."""

    name: str
    types: Sequence[str]
    """Service types in the catalog; the first is the official one."""
    mount: str
    """The path below which the service is mounted: ``/compute``."""
    root: str
    r"""A regular expression for the part of the path between the mount and the routes: ``/v2\.1``."""
    endpoint: str
    """The path after the mount in the catalog's URL; ``{project_id}`` is replaced."""
    routes: Sequence[Route]
    documents: Sequence[Route]
    """Routes outside ``root``: the version documents."""
    render_error: Callable[[ApiError, str], Json | str]
    """Render an error, given the request's id, in the form of this service: JSON or HTML."""
    invalid: Callable[[str, str, str], ApiError]
    """Return the error for a body that violates its schema. Arguments: field, value, message."""
    unauthorized: Callable[[], ApiError]
    forbidden: Callable[[str], ApiError]
    """Return the error for a caller whom the named policy does not admit."""
    unsupported_media_type: Callable[[], ApiError] | None = None
    """Return the error for a body whose content type is not JSON. None: such a body is read as JSON as well."""
    request_id_headers: Sequence[str] = ("x-openstack-request-id",)
    request_id_prefix: str = "req-"
    microversions: Microversions | None = None
    admit: Callable[[Request[Any]], None] | None = None
    """Raise an ApiError for what is wrong on any route, for example another project in the path."""
    adapt: Callable[[Request[Any], Reply], Reply] | None = None
    """Render a reply in the form that the client asks for, where a service has more than one: HTML or JSON."""
    forward: Callable[[Request[Any]], Reply] | None = None
    """Return the reply of another service, which may call this cloud meanwhile. Such a service has no routes."""
