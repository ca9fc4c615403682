"""How a signal is refused while its sender waits for the answer.

heat-api knows Heat's own exceptions alone, by their names, and gives each its status; only those of 400 have free text.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from heat.common import exception
from novaclient import exceptions as nova

FORBIDDEN = 403
SERVER_SIDE = 500
"""From here on, a status says nothing about the request."""


def refused(action: str, why: str) -> Exception:
    """Return what answers a signal with 400."""
    refusal: Exception = exception.StackValidationFailed(message=f"{action}: {why}")
    return refusal


def busy(stack_name: str, doing: str) -> Exception:
    """Return what answers a signal with 409."""
    refusal: Exception = exception.ActionInProgress(stack_name=stack_name, action=doing)
    return refusal


@contextmanager
def as_nova_refuses(action: str) -> Iterator[None]:
    """Answer a signal as Nova answers what it asks of it: with 403 for 403, with 400 for other refusals.

    Without an answer of Nova, or with a 5xx, Error is raised, which heat-api makes a 500: it may have been done.
    """
    try:
        yield
    except nova.ClientException as error:
        if error.code == FORBIDDEN:
            raise exception.Forbidden(action=f"{action}: {error}") from error
        if error.code and error.code < SERVER_SIDE:
            raise refused(action, str(error)) from error
        raise exception.Error(f"{action}: Nova did not say whether it does it: {error}") from error
