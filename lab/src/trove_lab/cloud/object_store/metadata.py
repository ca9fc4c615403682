"""Headers that Swift keeps with what they were sent for."""

from __future__ import annotations

from collections.abc import Sequence

from trove_lab.cloud.clock import timestamp
from trove_lab.cloud.object_store.request import Request


def given(request: Request, kind: str, also: Sequence[str] = ()) -> dict[str, str]:
    """Return the headers X-{kind}-Meta-*, and those in ``also``, that the request carries."""
    prefix = f"x-{kind}-meta-"
    return {
        name.title(): value
        for name, value in request.headers.items()
        if name.lower().startswith(prefix) or name.title() in also
    }


def merge(request: Request, kept: dict[str, str], kind: str, also: Sequence[str] = ()) -> None:
    """Change what is kept for an account or a container: an empty value removes, and so does X-Remove-…."""
    for name, value in given(request, kind, also).items():
        if value:
            kept[name] = value
        else:
            kept.pop(name, None)
    for name in [each for each, _ in request.headers]:
        if name.title().startswith("X-Remove-"):
            kept.pop("X-" + name.title().removeprefix("X-Remove-"), None)


def moment(value: float) -> dict[str, str]:
    """Return the two headers that say when something was made or changed."""
    return {
        "Last-Modified": timestamp(value, form="%a, %d %b %Y %H:%M:%S GMT"),
        "X-Timestamp": f"{value:.5f}",
    }
