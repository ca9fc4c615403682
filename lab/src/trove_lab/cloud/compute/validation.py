"""Validation of bodies and query strings against the schema of their microversion, with Nova's error messages."""

import base64
import binascii
import datetime as dt
import ipaddress
import re
import unicodedata
import uuid
from collections.abc import Callable, Mapping
from typing import Any

import jsonschema

from trove_lab.cloud.compute import errors
from trove_lab.cloud.compute.request import Request
from trove_lab.cloud.http import ApiError, Json, Version

_FORMATS = jsonschema.FormatChecker(formats=())
LIMIT: Json = {"type": "array", "items": {"type": "string", "pattern": "^[0-9]*$", "minLength": 1}}
ANY: Json = {"type": "array", "items": {"type": "string"}}
REGEX: Json = {"type": "array", "items": {"type": "string", "format": "regex"}}
DATE: Json = {"type": "array", "items": {"type": "string", "format": "date-time"}}
UNPRINTABLE_NAME = (
    "An invalid 'name' value was provided. The name must be: printable characters."
    " Can not start or end with whitespace."
)


def body(request: Request, schemas: Json | Mapping[Version, Json]) -> Json:
    """Return the request's body if its microversion allows it.

    ``schemas`` is a schema, or schemas by the first microversion that has them. Raise ApiError 400.
    """
    given = request.object
    _check(given, _of(request, schemas), errors.invalid)
    return given


def query(request: Request, properties: Json, *, strict_since: Version = (2, 102)) -> dict[str, list[str]]:
    """Return the known parameters of the query string with their values. Others are rejected since ``strict_since``."""
    given = request.args.to_dict(flat=False)
    schema: Json = {
        "type": "object",
        "properties": {"limit": LIMIT, "marker": ANY, **properties},
        "additionalProperties": not request.at_least(strict_since),
    }
    _check(given, schema, errors.invalid_query)
    return {name: values for name, values in given.items() if name in schema["properties"]}


def problem(value: Any, schema: Json) -> str | None:
    """Return what is wrong with a value, or None."""
    error = _first_error(value, schema)
    return error.message if error else None


def _of(request: Request, schemas: Json | Mapping[Version, Json]) -> Json:
    versions = [each for each in schemas if isinstance(each, tuple) and each <= request.microversion]
    return schemas[max(versions)] if versions else dict(schemas)  # type: ignore[index, arg-type]


def _first_error(given: Any, schema: Json) -> jsonschema.ValidationError | None:
    """Return the first problem, because Nova reports the first and not the most relevant one."""
    return next(jsonschema.Draft4Validator(schema, format_checker=_FORMATS).iter_errors(given), None)


def _check(given: Any, schema: Json, refuse: Callable[[str, str, str], ApiError]) -> None:
    error = _first_error(given, schema)
    if error is None:
        return
    if isinstance(error.cause, _UnprintableError):
        raise errors.bad_request(UNPRINTABLE_NAME)
    path = [each for each in error.path if refuse is errors.invalid or isinstance(each, str)]
    raise refuse(str(path[-1]) if path else "", str(error.instance), error.message)


class _UnprintableError(ValueError):
    """Reject control characters, and blanks around a name."""


@_FORMATS.checks("name", raises=_UnprintableError)
def _is_name(value: object) -> bool:
    if isinstance(value, str) and value:
        odd = any(unicodedata.category(char)[0] == "C" or unicodedata.category(char) in ("Zl", "Zp") for char in value)
        if odd or value != value.strip():
            raise _UnprintableError(value)
    return True


@_FORMATS.checks("uuid")
def _is_uuid(value: object) -> bool:
    if not isinstance(value, str):
        return True
    try:
        return str(uuid.UUID(value)).replace("-", "") == value.lower().replace("-", "")
    except ValueError:
        return False


@_FORMATS.checks("base64")
def _is_base64(value: object) -> bool:
    if not isinstance(value, str):
        return True
    try:
        base64.decodebytes(value.encode())
    except (binascii.Error, ValueError):
        return False
    return True


@_FORMATS.checks("regex")
def _is_regex(value: object) -> bool:
    if not isinstance(value, str):
        return True
    try:
        re.compile(value)
    except re.error:
        return False
    return True


@_FORMATS.checks("date-time")
def _is_date(value: object) -> bool:
    return not isinstance(value, str) or moment(value) is not None


@_FORMATS.checks("ipv4")
def _is_ipv4(value: object) -> bool:
    return _is_address(value, ipaddress.IPv4Address)


@_FORMATS.checks("ipv6")
def _is_ipv6(value: object) -> bool:
    return _is_address(value, ipaddress.IPv6Address)


def _is_address(value: object, kind: Callable[[str], object]) -> bool:
    if not isinstance(value, str):
        return True
    try:
        kind(value)
    except ValueError:
        return False
    return True


def moment(text: str) -> float | None:
    """Return an ISO 8601 date and time in seconds since the epoch, or None. Without a zone it is UTC."""
    try:
        parsed = dt.datetime.fromisoformat(text)
    except ValueError:
        return None
    if parsed.tzinfo is None:
        parsed = parsed.replace(tzinfo=dt.UTC)
    return parsed.timestamp()
