"""The words every service is written in: requests, replies, routes, errors, services."""

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
    """Who sends a request, as its token says."""

    token: str
    user_id: str
    user_name: str
    domain_id: str
    project_id: str | None
    roles: frozenset[str]

    @property
    def is_admin(self) -> bool:
        """Whether the caller may act on every project."""
        return "admin" in self.roles

    def sees(self, project_id: str | None) -> bool:
        """Say whether the caller may see what belongs to ``project_id``."""
        return self.is_admin or (project_id is not None and project_id == self.project_id)


@dataclass(frozen=True, slots=True)
class Reply:
    """What a handler answers: JSON, HTML, bytes, or nothing. A Content-Type among the headers wins."""

    status: int
    body: Json | list[Any] | str | bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


class ApiError(Exception):
    """A request refused. Each service gives it the form its clients know.

    ``kind`` is the service's own word for it (``itemNotFound``, ``OverQuota`` …).
    """

    def __init__(self, status: int, kind: str, message: str, *, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.kind = kind
        self.message = message
        self.headers = headers or {}


class Disconnect(ConnectionResetError):  # noqa: N818 - an event, not an error of the cloud
    """The connection is to be closed without an answer.

    The HTTP server takes a reset that its application raises for the client's own, and closes silently.
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
    """One HTTP request on its way through the cloud."""

    cloud: C_co
    service: Service
    caller: Caller
    microversion: Version
    request_id: str
    fails_later: bool = False
    """A fault wants what this request starts to go to its error state."""

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
        """The id of the project the caller's token is scoped to."""
        if self.caller.project_id is None:
            raise AssertionError("an unscoped token is refused before its request is handled")
        return self.caller.project_id

    def at_least(self, version: Version) -> bool:
        """Say whether the request's microversion is ``version`` or later."""
        return self.microversion >= version

    def link(self, path: str) -> str:
        """Return the absolute URL of ``path`` in this request's service."""
        return self.host_url.rstrip("/") + self.service.mount + path

    def later(self, key: str, operation: str, finish: Callable[[], None], failed: Callable[[], None]) -> None:
        """End ``operation`` on the resource ``key`` after its duration: with ``failed`` if a fault asks for it."""
        self.cloud.transitions.begin(key, operation, failed if self.fails_later else finish)


Handler = Callable[..., Reply]


@dataclass(frozen=True, slots=True, eq=False)
class Route:
    """One line of a service's table: ``Route("GET", "/servers/<server_id>", servers.show)``.

    ``schema`` is the JSON schema of the body; ``since`` the first microversion that has the route;
    ``anonymous`` routes need no token, ``unscoped`` ones no project; ``admin`` names the policy that lets only
    administrators in; ``actions`` are those a body of one key may name.
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
    """The microversions of a service and the headers that carry them."""

    lowest: Version
    highest: Version
    headers: Sequence[tuple[str, str]]
    """Pairs of a header and the prefix of its value: ("OpenStack-API-Version", "compute "). The first is answered."""
    malformed: Callable[[str], ApiError]
    """Makes the error for text that is no version."""
    unsupported: Callable[[str], ApiError]
    """Makes the error for a version outside lowest and highest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One service of the cloud: where it is mounted, what it answers, and in which form it refuses."""

    name: str
    types: Sequence[str]
    """Service types in the catalog, the first one official."""
    mount: str
    """The path below which it is found: ``/compute``."""
    root: str
    """A regular expression of what stands between the mount and the routes' paths: ``/v2\\.1``."""
    endpoint: str
    """The path in the catalog's URL after the mount; ``{project_id}`` is filled in."""
    routes: Sequence[Route]
    documents: Sequence[Route]
    """Routes outside ``root``: the version documents."""
    render_error: Callable[[ApiError, str], Json | str]
    """Gives an error, with the request's id, this service's form: JSON, or HTML."""
    invalid: Callable[[str, str, str], ApiError]
    """Makes the error for a body that breaks its schema: field, value, message."""
    unauthorized: Callable[[], ApiError]
    forbidden: Callable[[str], ApiError]
    """Makes the error for a caller whom a policy, named, keeps out."""
    unsupported_media_type: Callable[[], ApiError] | None = None
    """Makes the error for a body whose content type is not JSON. None: such a body is read as JSON all the same."""
    request_id_headers: Sequence[str] = ("x-openstack-request-id",)
    request_id_prefix: str = "req-"
    microversions: Microversions | None = None
    admit: Callable[[Request[Any]], None] | None = None
    """Refuses, with an ApiError, what is wrong with any route: the project in the path is not the caller's."""
    adapt: Callable[[Request[Any], Reply], Reply] | None = None
    """Gives an answer the form its client asks for, where a service has more than one: HTML or JSON."""
    forward: Callable[[Request[Any]], Reply] | None = None
    """Has somebody else answer, who may ask this cloud meanwhile; then there are no routes."""
