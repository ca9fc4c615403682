"""Neutron's refusals: ``{"NeutronError": {"type", "message", "detail"}}``."""

from trove_lab.cloud.http import ApiError, Json

_TYPES = {404: "HTTPNotFound", 500: "HTTPInternalServerError", 503: "ServiceUnavailable"}


def render(error: ApiError, _request_id: str) -> Json:
    """Give an error Neutron's form; keystonemiddleware in front of it has one of its own."""
    if error.kind == "Unauthorized":
        return {"error": {"code": error.status, "title": error.kind, "message": error.message}}
    kind = error.kind or _TYPES.get(error.status, "HTTPBadRequest")
    return {"NeutronError": {"type": kind, "message": error.message, "detail": ""}}


def unauthorized() -> ApiError:
    """No token, or a bad one."""
    return ApiError(401, "Unauthorized", "The request you have made requires authentication.")


def forbidden(policy: str) -> ApiError:
    """A caller whom a policy keeps out."""
    return ApiError(403, "PolicyNotAuthorized", f"{policy} is disallowed by policy")


def not_found(kind: str, row_id: object) -> ApiError:
    """An unknown id. Security groups and their rules have words of their own."""
    words = {"Security group": "does not exist", "Security group rule": "does not exist"}
    words.update({"Floating IP": "could not be found", "Router": "could not be found"})
    name = {"Floating IP": "FloatingIP"}.get(kind) or kind.title().replace(" ", "")
    return ApiError(404, f"{name}NotFound", f"{kind} {row_id} {words.get(kind, 'could not be found.')}")


def bad_request(message: str) -> ApiError:
    """A body the API refuses before the plug-in sees it."""
    return ApiError(400, "HTTPBadRequest", message)


def invalid(_field: str, _value: str, message: str) -> ApiError:
    """A body that is no JSON."""
    return bad_request("Body contains invalid data" if message.startswith("Malformed") else message)


def invalid_input(reason: str) -> ApiError:
    """A value the plug-in refuses."""
    return ApiError(400, "InvalidInput", f"Invalid input for operation: {reason}.")


def bad_resource(resource: str, reason: str) -> ApiError:
    """A request that contradicts itself or the cloud."""
    return ApiError(400, "BadRequest", f"Bad {resource} request: {reason}.")


def conflict(kind: str, message: str) -> ApiError:
    """What cannot be done now."""
    return ApiError(409, kind, message)


def over_quota(resources: list[str]) -> ApiError:
    """More than the project may have: Neutron says 409."""
    return ApiError(409, "OverQuota", f"Quota exceeded for resources: {resources}.")
