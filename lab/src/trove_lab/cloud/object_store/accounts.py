"""Accounts: one per project, which exists from its first request."""

from __future__ import annotations

import re

from trove_lab.cloud.clock import timestamp
from trove_lab.cloud.http import Reply
from trove_lab.cloud.object_store import errors, listing, metadata
from trove_lab.cloud.object_store.request import Request
from trove_lab.cloud.object_store.state import Account

_ACCOUNT = re.compile(r"/object-store/v1/AUTH_([^/]*)")
_KIND = "account"


def find(request: Request) -> Account:
    """Return the caller's account."""
    accounts = request.cloud.object_store.accounts
    account = accounts.get(request.project_id)
    return account or accounts.add(Account(id=request.project_id, created_at=request.cloud.clock.now()))


def admit(request: Request) -> None:
    """Reject a request to an account of another project, even by an administrator."""
    match = _ACCOUNT.match(request.path)
    if match is None or match[1] != request.caller.project_id:
        raise errors.forbidden()


def show(request: Request, **_account: str) -> Reply:
    """GET and HEAD /v1/AUTH_{account_id}: the containers."""
    account = find(request)
    containers = list(account.containers)
    objects = [each for container in containers for each in container.objects]
    headers = {
        "X-Account-Container-Count": str(len(containers)),
        "X-Account-Object-Count": str(len(objects)),
        "X-Account-Bytes-Used": str(sum(len(each.data) for each in objects)),
        "X-Account-Project-Domain-Id": request.caller.domain_id,
        "Accept-Ranges": "bytes",
        "X-Timestamp": f"{account.created_at:.5f}",
        **account.headers,
    }
    if request.method == "HEAD":
        return Reply(204, None, headers)
    rows = [
        {
            "name": container.id,
            "count": len(container.objects),
            "bytes": sum(len(each.data) for each in container.objects),
            "last_modified": timestamp(container.created_at, form="%Y-%m-%dT%H:%M:%S.000000"),
        }
        for container in containers
    ]
    return listing.respond(request, rows, headers)


def update(request: Request, **_account: str) -> Reply:
    """POST /v1/AUTH_{account_id}: the metadata."""
    metadata.merge(request, find(request).headers, _KIND)
    return Reply(204)


def show_info(_request: Request) -> Reply:
    """GET /info: the capabilities of this Swift."""
    swift = {
        "max_object_name_length": 1024,
        "max_container_name_length": 256,
        "container_listing_limit": listing.MAX_LIMIT,
    }
    return Reply(200, {"swift": {**swift, "version": "2.37.0"}, "slo": {"max_manifest_segments": 1000}})
