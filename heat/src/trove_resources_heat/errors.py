"""How a signal is rejected while its sender waits for the response.

heat-api recognizes only Heat's own exceptions, by their names, and maps each one to an HTTP status. Only those that
map to 400 carry free text.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from heat.common import exception
from novaclient import exceptions as nova

FORBIDDEN = 403
SERVER_ERROR = 500


def bad_request(action: str, reason: str) -> Exception:
    """Return the exception that answers a signal with 400."""
    error: Exception = exception.StackValidationFailed(message=f"{action}: {reason}")
    return error


def conflict(stack_name: str, action: str) -> Exception:
    """Return the exception that answers a signal with 409, because another action is in progress."""
    error: Exception = exception.ActionInProgress(stack_name=stack_name, action=action)
    return error


@contextmanager
def translated_nova_errors(action: str) -> Iterator[None]:
    """Answer the signal as Nova answers the request it makes: 403 for 403, 400 for any other 4xx.

    If Nova does not answer, or answers with a 5xx, raise Error, which heat-api turns into a 500: Nova may have accepted
    the request.
    """
    try:
        yield
    except nova.ClientException as error:
        if error.code == FORBIDDEN:
            raise exception.Forbidden(action=f"{action}: {error}") from error
        if error.code and error.code < SERVER_ERROR:
            raise bad_request(action, str(error)) from error
        raise exception.Error(f"{action}: Nova may or may not have accepted the request: {error}") from error
