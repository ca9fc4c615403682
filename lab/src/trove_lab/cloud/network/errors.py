"""Neutron's errors: ``{"NeutronError": {"type", "message", "detail"}}``."""

from trove_lab.cloud.http import ApiError, Json

_TYPES = {404: "HTTPNotFound", 500: "HTTPInternalServerError", 503: "ServiceUnavailable"}


def render(error: ApiError, _request_id: str) -> Json:
    """Render an error as Neutron does. A 401 has the form of keystonemiddleware, which answers it for Neutron."""
    if error.kind == "Unauthorized":
        return {"error": {"code": error.status, "title": error.kind, "message": error.message}}
    kind = error.kind or _TYPES.get(error.status, "HTTPBadRequest")
    return {"NeutronError": {"type": kind, "message": error.message, "detail": ""}}


def unauthorized() -> ApiError:
    """Return the error for a missing or invalid token."""
    return ApiError(401, "Unauthorized", "The request you have made requires authentication.")


def forbidden(policy: str) -> ApiError:
    """Return the error for a caller whom a policy does not admit."""
    return ApiError(403, "PolicyNotAuthorized", f"{policy} is disallowed by policy")


def not_found(kind: str, row_id: object) -> ApiError:
    """Return the error for an unknown id. Security groups and their rules have messages of their own."""
    words = {"Security group": "does not exist", "Security group rule": "does not exist"}
    words.update({"Floating IP": "could not be found", "Router": "could not be found"})
    name = {"Floating IP": "FloatingIP"}.get(kind) or kind.title().replace(" ", "")
    return ApiError(404, f"{name}NotFound", f"{kind} {row_id} {words.get(kind, 'could not be found.')}")


def bad_request(message: str) -> ApiError:
    """Return the error for a body that Neutron's API rejects before its plug-in is called."""
    return ApiError(400, "HTTPBadRequest", message)


def invalid(_field: str, _value: str, message: str) -> ApiError:
    """Return the error for a body that is not JSON."""
    return bad_request("Body contains invalid data" if message.startswith("Malformed") else message)


def invalid_input(reason: str) -> ApiError:
    """Return the error for a value that Neutron's plug-in rejects."""
    return ApiError(400, "InvalidInput", f"Invalid input for operation: {reason}.")


def bad_resource(resource: str, reason: str) -> ApiError:
    """Return the error for a request that contradicts itself or the cloud."""
    return ApiError(400, "BadRequest", f"Bad {resource} request: {reason}.")


def conflict(kind: str, message: str) -> ApiError:
    """Return the error for what conflicts with the state of a resource."""
    return ApiError(409, kind, message)


def over_quota(resources: list[str]) -> ApiError:
    """Return the error for an exceeded quota. Neutron answers 409."""
    return ApiError(409, "OverQuota", f"Quota exceeded for resources: {resources}.")
