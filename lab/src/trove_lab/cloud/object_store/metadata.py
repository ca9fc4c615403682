"""Headers that Swift stores with an account, container or object."""

from __future__ import annotations

from collections.abc import Sequence

from trove_lab.cloud.clock import timestamp
from trove_lab.cloud.object_store.request import Request


def given(request: Request, kind: str, also: Sequence[str] = ()) -> dict[str, str]:
    """Return the X-{kind}-Meta-* headers of the request, and those in ``also``."""
    prefix = f"x-{kind}-meta-"
    return {
        name.title(): value
        for name, value in request.headers.items()
        if name.lower().startswith(prefix) or name.title() in also
    }


def merge(request: Request, kept: dict[str, str], kind: str, also: Sequence[str] = ()) -> None:
    """Update the stored headers of an account or container. An empty value removes one, and so does X-Remove-…."""
    for name, value in given(request, kind, also).items():
        if value:
            kept[name] = value
        else:
            kept.pop(name, None)
    for name in [each for each, _ in request.headers]:
        if name.title().startswith("X-Remove-"):
            kept.pop("X-" + name.title().removeprefix("X-Remove-"), None)


def moment(value: float) -> dict[str, str]:
    """Return the two headers with the time of creation or change."""
    return {
        "Last-Modified": timestamp(value, form="%a, %d %b %Y %H:%M:%S GMT"),
        "X-Timestamp": f"{value:.5f}",
    }
