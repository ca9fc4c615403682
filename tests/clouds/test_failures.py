"""How responses are classified as failures. They were recorded from OpenStack 2026.2, unless marked as made up."""

import json
from dataclasses import dataclass
from typing import Any

import pytest
import requests

from trove_resources.clouds import failures
from trove_resources.errors import (
    CloudError,
    QuotaExceededError,
    RefusedError,
    ResourceInUseError,
    ResourceNotFoundError,
    TransientError,
)

CINDER_STATUS = (
    "Invalid volume: Volume status must be available or error or error_restoring or error_extending or error_managing"
    " and must not be migrating, attached, belong to a group, have snapshots, awaiting a transfer, or be disassociated"
    " from snapshots after volume transfer."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A response, its failure class, and why."""

    of: str
    status: int
    body: Any
    is_a: type[CloudError]
    reason: str
    said: str = ""

    def __str__(self) -> str:
        return f"{self.of} {self.status} {self.reason}"


def _nova(status: int, kind: str, message: str, **more: Any) -> Answer:
    return Answer(of="Nova", status=status, body={kind: {"code": status, "message": message}}, said=message, **more)


def _cinder(status: int, kind: str, message: str, **more: Any) -> Answer:
    return Answer(of="Cinder", status=status, body={kind: {"code": status, "message": message}}, said=message, **more)


def _neutron(status: int, kind: str, message: str, **more: Any) -> Answer:
    body = {"NeutronError": {"type": kind, "message": message, "detail": ""}}
    return Answer(of="Neutron", status=status, body=body, said=message, **more)


def _heat(status: int, kind: str, message: str | None, **more: Any) -> Answer:
    error = {"type": kind, "traceback": None} | ({"message": message} if message else {})
    body = {"code": status, "title": "Bad Request", "explanation": "", "error": error}
    return Answer(of="Heat", status=status, body=body, said=message or kind, **more)


def _designate(status: int, kind: str, message: str, **more: Any) -> Answer:
    body = {"code": status, "type": kind, "message": message, "request_id": "req-1"}
    return Answer(of="Designate", status=status, body=body, said=message, **more)


ANSWERS = (
    _heat(400, "AttributeError", None, is_a=TransientError, reason="a delete of a stack that is being deleted"),
    _heat(400, "StackValidationFailed", "Property error: resources.server", is_a=RefusedError, reason="a template"),
    # Quotas: every service reports them in its own way.
    _nova(
        403,
        "forbidden",
        "Quota exceeded for instances: Requested 1, but already used 1 of 1 instances",
        is_a=QuotaExceededError,
        reason="Nova's quota",
    ),
    _nova(
        403,
        "forbidden",
        "Quota exceeded, too many server groups.",
        is_a=QuotaExceededError,
        reason="Nova's quota of server groups",
    ),
    _nova(
        403,
        "forbidden",
        "The number of defined ports: 1 is over the limit: 0",
        is_a=QuotaExceededError,
        reason="Neutron's quota, through Nova",
    ),
    _nova(
        403, "forbidden", "Maximum number of ports exceeded", is_a=QuotaExceededError, reason="the same, in other words"
    ),
    _cinder(
        413,
        "overLimit",
        "VolumeLimitExceeded: Maximum number of volumes allowed (12) exceeded for quota 'volumes'.",
        is_a=QuotaExceededError,
        reason="Cinder's quota of volumes",
    ),
    _cinder(
        413,
        "overLimit",
        "VolumeSizeExceedsAvailableQuota: Requested volume or snapshot exceeds allowed gigabytes quota.",
        is_a=QuotaExceededError,
        reason="Cinder's quota of gigabytes",
    ),
    _neutron(
        409, "OverQuota", "Quota exceeded for resources: ['port'].", is_a=QuotaExceededError, reason="Neutron's quota"
    ),
    _designate(
        413, "over_quota", "Quota exceeded for zone_recordsets.", is_a=QuotaExceededError, reason="Designate's quota"
    ),
    # A 403 that is not about a quota.
    _nova(
        403,
        "forbidden",
        "Policy doesn't allow os_compute_api:os-quota-sets:show to be performed.",
        is_a=RefusedError,
        reason="a policy whose name has quota in it",
    ),
    # Not found.
    _nova(
        404,
        "itemNotFound",
        "Instance 00000000-0000-0000-0000-000000000000 could not be found.",
        is_a=ResourceNotFoundError,
        reason="no server",
    ),
    _neutron(404, "PortNotFound", "Port nope could not be found.", is_a=ResourceNotFoundError, reason="no port"),
    _designate(
        404, "recordset_not_found", "Could not find RecordSet", is_a=ResourceNotFoundError, reason="no recordset"
    ),
    Answer(
        of="Cinder",
        status=404,
        body={"message": "The resource could not be found.<br /><br />\n\n\n", "code": "404 Not Found"},
        is_a=ResourceNotFoundError,
        reason="webob's default body",
        said="The resource could not be found.",
    ),
    # In use, or busy: a retry succeeds once something else has happened.
    _nova(
        409,
        "conflictingRequest",
        "Cannot 'stop' instance 7bc89852 while it is in task_state powering-off",
        is_a=ResourceInUseError,
        reason="a busy server",
    ),
    _cinder(400, "badRequest", CINDER_STATUS, is_a=ResourceInUseError, reason="a volume in use or with snapshots"),
    _cinder(
        400,
        "badRequest",
        "Invalid volume: Volume 3037dc13 status must be '{'status': 'available'}' to extend, currently error.",
        is_a=ResourceInUseError,
        reason="a volume in another state",
    ),
    _neutron(409, "SecurityGroupInUse", "Security Group 71be636d in use.", is_a=ResourceInUseError, reason="a group"),
    _neutron(
        409,
        "SecurityGroupRuleExists",
        "Security group rule already exists. Rule id is 9e22c528.",
        is_a=ResourceInUseError,
        reason="an existing rule",
    ),
    _neutron(
        409,
        "IpAddressAlreadyAllocated",
        "IP address 10.77.0.6 already allocated in subnet f74d03bf",
        is_a=ResourceInUseError,
        reason="an allocated address",
    ),
    _designate(
        409, "duplicate_recordset", "Duplicate RecordSet", is_a=ResourceInUseError, reason="an existing recordset"
    ),
    # Rejected: a retry fails as well.
    _nova(400, "badRequest", "Invalid key_name provided.", is_a=RefusedError, reason="no such key"),
    _nova(401, "error", "The request you have made requires authentication.", is_a=RefusedError, reason="no token"),
    _cinder(400, "badRequest", "Availability zone 'x' is invalid.", is_a=RefusedError, reason="no such zone"),
    Answer(
        of="Designate",
        status=400,
        body={
            "code": 400,
            "type": "invalid_object",
            "errors": {"errors": [{"path": ["records", 0], "message": "'nope' is not a 'A' Record"}]},
        },
        is_a=RefusedError,
        reason="a message nested in the body",
        said="'nope' is not a 'A' Record",
    ),
    # Transient: a retry may succeed. Made up, because the recorded services were healthy.
    _nova(500, "computeFault", "Unexpected API Error.", is_a=TransientError, reason="a broken service"),
    _nova(429, "overLimit", "This request was rate-limited.", is_a=TransientError, reason="too many requests"),
    Answer(
        of="Neutron",
        status=503,
        body="<html><body><h1>503 Service Unavailable</h1>\nNo server is available.\n</body></html>\n",
        is_a=TransientError,
        reason="a proxy without a service",
        said="No server is available.",
    ),
    Answer(of="Cinder", status=504, body="", is_a=TransientError, reason="an empty body", said="Gateway Timeout"),
    Answer(of="Nova", status=502, body=[], is_a=TransientError, reason="unexpected JSON", said="[]"),
)


@pytest.mark.parametrize("answer", ANSWERS, ids=str)
def test_a_response_is_classified_as_a_failure(answer: Answer) -> None:
    response = requests.Response()
    response.status_code = answer.status
    response.reason = "Gateway Timeout"
    response.headers["x-openstack-request-id"] = "req-239dce21"
    text = answer.body if isinstance(answer.body, str) else json.dumps(answer.body)
    response._content = text.encode()  # noqa: SLF001 - requests has no other way to make an answer
    error = failures.of_response(answer.of, "POST /things", response)
    assert type(error) is answer.is_a
    assert answer.said in error.said
    assert (error.service, error.status, error.request_id) == (answer.of, answer.status, "req-239dce21")
    assert str(error).startswith(f"{answer.of}: POST /things answered {answer.status} (req-239dce21): ")
