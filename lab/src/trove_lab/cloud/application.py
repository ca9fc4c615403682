"""The WSGI application: it logs a request, applies faults, authenticates, validates, and calls the handler."""

import json
import logging
import re
import threading
import uuid
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import jsonschema
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Response

from trove_lab.cloud.cloud import Cloud
from trove_lab.cloud.faults import Fault
from trove_lab.cloud.http import (
    ApiError,
    BadJsonError,
    Caller,
    Disconnect,
    Microversions,
    Reply,
    Request,
    Route,
    Service,
)
from trove_lab.cloud.identity import tokens
from trove_lab.cloud.request_log import LoggedRequest

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

LOG = logging.getLogger(__name__)

# werkzeug compiles routes through Python's ast module, which is not thread-safe in CPython 3.11 (SystemError: AST
# constructor recursion depth mismatch; python/cpython issue 106905). Two clouds may start at the same time.
_COMPILING = threading.Lock()


class _Mounted:
    """A service and its compiled routes."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.root = re.compile(service.root)
        self._routes = {False: _compile(service.documents), True: _compile(service.routes)}

    def relative(self, path: str) -> tuple[bool, str]:
        """Return whether the path is below the version root, and what follows the root."""
        match = self.root.match(path)
        if match and path[match.end() : match.end() + 1] in ("", "/") and path[match.end() :].strip("/"):
            return True, path[match.end() :]
        return False, path or "/"

    def find(self, path: str, method: str) -> tuple[Route, Mapping[str, Any]]:
        """Return the route for a path and what it captured. Raise werkzeug's NotFound or MethodNotAllowed."""
        below_root, rest = self.relative(path)
        # Like the routers of the services, ignore a trailing slash.
        rest = rest.rstrip("/") or "/"
        return self._routes[below_root].bind("cloud").match(rest, method, return_rule=False)


def _compile(routes: Iterable[Route]) -> Map:
    rules = [Rule(route.path, methods=[route.method], endpoint=route) for route in routes]
    with _COMPILING:
        return Map(rules, strict_slashes=False, merge_slashes=False, redirect_defaults=False)


class Application:
    """The whole cloud as one WSGI application. The request log shows ``client`` as the client of its requests."""

    def __init__(self, cloud: Cloud, client: str | None = None) -> None:
        self.cloud = cloud
        self._client = client
        self._mounted = [_Mounted(service) for service in cloud.services]

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer a request. Raise Disconnect to close the connection without a reply."""
        request: Request[Cloud] = Request(environ)
        request.cloud = self.cloud
        mounted = next((each for each in self._mounted if _is_below(each.service.mount, request.path)), None)
        if mounted is None:
            return Response(f"no service at {request.path}\n", status=404)(environ, start_response)
        request.service = mounted.service
        request.request_id = mounted.service.request_id_prefix + str(uuid.uuid4())
        if mounted.service.name == "control":
            return _respond(request, self._handle(mounted, request))(environ, start_response)
        return _respond(request, self._log_and_answer(mounted, request))(environ, start_response)

    def _log_and_answer(self, mounted: _Mounted, request: Request[Cloud]) -> Reply:
        service, path = mounted.service, request.path[len(mounted.service.mount) :]
        relative = mounted.relative(path)[1]
        with self.cloud.lock:
            query, user_agent = request.query_string.decode(), request.headers.get("User-Agent", "")
            entry = self.cloud.request_log.add(
                time=self.cloud.clock.now(),
                service=service.name,
                method=request.method,
                path=relative,
                query=query,
                user_agent=user_agent,
                client=self._client,
                request_id=request.request_id,
            )
            entry.action = _action(request)
            fault = self.cloud.faults.meet(
                service.name,
                request.method,
                (relative, path, request.path),
                query=query,
                user_agent=user_agent,
                body=request.get_data(),
            )
        entry.fault = fault.kind if fault else None
        reply = self._apply_fault(fault, request) if fault else None
        if reply is None:
            reply = self._forward(request, entry) if service.forward else self._handle(mounted, request, entry)
        entry.status = reply.status
        if fault and fault.kind == "lose_answer":
            raise Disconnect
        return reply

    def _apply_fault(self, fault: Fault, request: Request[Cloud]) -> Reply | None:
        """Apply a fault. Return the reply that it demands, or None if the request is to be handled."""
        if fault.kind == "status":
            error = ApiError(fault.status, "", f"fault {fault.id} of the control API")
            body = request.service.render_error(error, request.request_id) if fault.body is None else fault.body
            return Reply(fault.status, body, fault.headers)
        if fault.kind == "drop":
            raise Disconnect
        if fault.kind == "hang":
            self.cloud.wait(lambda: fault not in self.cloud.faults, None)
            raise Disconnect
        if fault.kind == "delay":
            self.cloud.wait(lambda: fault not in self.cloud.faults, self.cloud.clock.now() + fault.seconds)
        request.fails_later = fault.kind == "error_later"
        return None

    def _forward(self, request: Request[Cloud], entry: LoggedRequest) -> Reply:
        """Return the reply of the service behind this one. The lock is not held: that service may call this cloud."""
        service = request.service
        if service.forward is None:
            raise AssertionError(f"{service.name} does not forward requests")
        with self.cloud.lock:
            self.cloud.run_due()
            _log_caller(entry, tokens.caller(request))
        try:
            reply = service.forward(request)
        except ApiError as error:
            return Reply(error.status, service.render_error(error, request.request_id))
        for name, value in reply.headers.items():
            if name.lower() in service.request_id_headers:
                entry.request_id = value
        return reply

    def _handle(self, mounted: _Mounted, request: Request[Cloud], entry: LoggedRequest | None = None) -> Reply:
        service = mounted.service
        try:
            route, captured = mounted.find(request.path[len(service.mount) :], request.method)
        except (NotFound, MethodNotAllowed) as error:
            wrong = ApiError(error.code or 404, "", "The resource could not be found.")
            return Reply(wrong.status, service.render_error(wrong, request.request_id))
        try:
            if service.name == "control":
                return route.handler(request, **captured)
            with self.cloud.lock:
                self.cloud.run_due()
                self._admit(route, request, entry)
                reply = route.handler(request, **captured)
                self.cloud.changed()
                return reply
        except ApiError as error:
            return Reply(error.status, service.render_error(error, request.request_id), error.headers)
        except BadJsonError as error:
            malformed = service.invalid("body", "", f"Malformed request body: {error}")
            return Reply(malformed.status, service.render_error(malformed, request.request_id))
        except Exception:
            LOG.exception("%s %s of %s failed with an unexpected error", request.method, request.path, service.name)
            broken = ApiError(500, "", "Unexpected error inside the emulated cloud; its log has the cause.")
            return Reply(broken.status, service.render_error(broken, request.request_id))

    def _admit(self, route: Route, request: Request[Cloud], entry: LoggedRequest | None) -> None:
        """Check microversion, token, role and body, in the same order as the services."""
        service = request.service
        request.microversion = _microversion(service.microversions, request)
        if not route.anonymous:
            caller = tokens.caller(request)
            if caller is None or (caller.project_id is None and not route.unscoped):
                raise service.unauthorized()
            request.caller = caller
            if entry:
                _log_caller(entry, caller)
            if service.admit:
                service.admit(request)
            if route.admin and not caller.is_admin:
                raise service.forbidden(route.admin)
        if request.microversion < route.since:
            raise ApiError(404, "", "The resource could not be found.")
        if service.unsupported_media_type and request.content_type and not request.is_json and request.get_data():
            raise service.unsupported_media_type()
        if route.schema is not None:
            _validate(request.object, route.schema, service)


def _is_below(mount: str, path: str) -> bool:
    return path == mount or path.startswith(mount + "/")


def _log_caller(entry: LoggedRequest, caller: Caller | None) -> None:
    if caller:
        entry.user, entry.project_id = caller.user_name, caller.project_id


def _action(request: Request[Cloud]) -> str | None:
    if request.method != "POST" or not request.path.endswith(("/action", "/actions")):
        return None
    try:
        body = request.object
    except BadJsonError:
        return None
    return next(iter(body), None)


def _microversion(microversions: Microversions | None, request: Request[Cloud]) -> tuple[int, int]:
    if microversions is None:
        return (0, 0)
    asked = "default"
    for header, prefix in microversions.headers:
        for value in request.headers.get(header, "").split(","):
            if value.strip() and value.strip().lower().startswith(prefix):
                asked = value.strip()[len(prefix) :].strip()
    if asked == "default":
        return microversions.lowest
    if asked == "latest":
        return microversions.highest
    match = re.fullmatch(r"([1-9]\d*)\.(0|[1-9]\d*)", asked)
    if not match:
        raise microversions.malformed(asked)
    version = (int(match[1]), int(match[2]))
    if not microversions.lowest <= version <= microversions.highest:
        raise microversions.unsupported(asked)
    return version


def _validate(body: dict[str, Any], schema: dict[str, Any], service: Service) -> None:
    errors = jsonschema.Draft202012Validator(schema).iter_errors(body)
    error = jsonschema.exceptions.best_match(errors)
    if error is not None:
        raise service.invalid(
            str(error.absolute_path[-1]) if error.absolute_path else "", repr(error.instance), error.message
        )


def _respond(request: Request[Cloud], reply: Reply) -> Response:
    service = request.service
    if service.adapt:
        reply = service.adapt(request, reply)
    body, kind = reply.body, "application/json"
    if isinstance(body, bytes):
        data, kind = body, "application/octet-stream"
    elif isinstance(body, str):
        data, kind = body.encode(), "text/html; charset=UTF-8"
    else:
        data = b"" if body is None else json.dumps(body).encode()
    response = Response(data, status=reply.status, content_type=kind)
    if not data:
        del response.headers["Content-Type"]
    for header in service.request_id_headers:
        response.headers[header] = request.request_id
    if service.microversions and hasattr(request, "microversion"):
        header, prefix = service.microversions.headers[0]
        response.headers[header] = prefix + "{}.{}".format(*request.microversion)
        response.headers["Vary"] = header
    response.headers.update(reply.headers)
    return response
