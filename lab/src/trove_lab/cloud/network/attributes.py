"""The attributes of resources as data, and the validation of bodies against them."""

import ipaddress
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from trove_lab.cloud.http import ApiError, BadJsonError, Json
from trove_lab.cloud.network import errors
from trove_lab.cloud.network.request import Request

REQUIRED = object()
"""The default of an attribute that a create request must have."""

Convert = Callable[[str, Any], Any]


@dataclass(frozen=True, slots=True)
class Attribute:
    """A writable attribute: its validation, its default, and when and by whom it may be set."""

    convert: Convert
    default: Any = None
    create: bool = True
    update: bool = True
    admin: bool = False


def text(limit: int = 255) -> Convert:
    """Accept a string of at most ``limit`` characters."""

    def convert(name: str, value: Any) -> str:
        if not isinstance(value, str):
            raise _invalid(name, f"'{value}' is not a valid string")
        if len(value) > limit:
            raise _invalid(name, f"'{value}' exceeds maximum length of {limit}")
        return value

    return convert


def boolean(_name: str, value: Any) -> bool:
    """Return a boolean, also for a word or number that stands for one."""
    words = {"true": True, "1": True, "false": False, "0": False}
    if isinstance(value, bool):
        return value
    if str(value).lower() not in words:
        raise errors.invalid_input(f"'{value}' cannot be converted to boolean")
    return words[str(value).lower()]


def integer(_name: str, value: Any) -> int:
    """Return an integer, also for digits."""
    try:
        return int(value)
    except (TypeError, ValueError):
        raise errors.invalid_input(f"'{value}' is not an integer") from None


def uuid(name: str, value: Any) -> str:
    """Return a UUID."""
    try:
        UUID(value)
    except (AttributeError, TypeError, ValueError):
        raise _invalid(name, f"'{value}' is not a valid UUID") from None
    return str(value)


def address(name: str, value: Any) -> str:
    """Return an IP address."""
    try:
        return str(ipaddress.ip_address(value))
    except ValueError:
        raise _invalid(name, f"'{value}' is not a valid IP address") from None


def mac(name: str, value: Any) -> str:
    """Return a MAC address."""
    if not isinstance(value, str) or not re.fullmatch(r"[0-9a-fA-F]{2}(:[0-9a-fA-F]{2}){5}", value):
        raise _invalid(name, f"'{value}' is not a valid MAC address")
    return value.lower()


def choice(*choices: str) -> Convert:
    """Accept one of a set of words."""

    def convert(name: str, value: Any) -> str:
        if value not in choices:
            raise _invalid(name, f"{value} is not in valid_values")
        return str(value)

    return convert


def nullable(convert: Convert) -> Convert:
    """Accept what ``convert`` accepts, or null."""
    return lambda name, value: None if value is None else convert(name, value)


def listed(convert: Convert) -> Convert:
    """Accept a list of what ``convert`` accepts."""

    def convert_all(name: str, value: Any) -> list[Any]:
        if not isinstance(value, list):
            raise _invalid(name, f"'{value}' is not a list")
        return [convert(name, item) for item in value]

    return convert_all


def mapping(fields: Mapping[str, Convert] | None = None) -> Convert:
    """Accept an object; with ``fields``, without any others."""

    def convert(name: str, value: Any) -> Json:
        if not isinstance(value, dict) or (fields is not None and not set(value) <= set(fields)):
            raise _invalid(name, f"'{value}' is not a valid dictionary")
        return {key: fields[key](name, each) if fields else each for key, each in value.items()}

    return convert


COMMON: Mapping[str, Attribute] = {
    "name": Attribute(text(), ""),
    "description": Attribute(text(), ""),
    "tags": Attribute(listed(text(255)), (), update=False),
}


def _invalid(name: str, reason: str) -> ApiError:
    return errors.bad_request(f"Invalid input for {name}. Reason: {reason}.")


def parse_create(request: Request, resource: str, attributes: Mapping[str, Attribute]) -> tuple[list[Json], bool]:
    """Return the bodies of a create request with all defaults and ``project_id``, and whether it was a bulk request."""
    body = _body(request)
    plural = f"{resource}s"
    bulk = isinstance(body.get(plural), list)
    given = body[plural] if bulk else [body.get(resource)]
    if not bulk and resource not in body:
        raise errors.bad_request(f"Unable to find '{resource}' in request body")
    return [_complete(request, resource, attributes, each) for each in given], bulk


def parse_update(request: Request, resource: str, attributes: Mapping[str, Attribute], view: Json) -> Json:
    """Return the attributes that an update changes. ``view`` distinguishes read-only attributes from unknown ones."""
    given = _body(request).get(resource)
    if not isinstance(given, dict):
        raise errors.bad_request(f"Unable to find '{resource}' in request body")
    for name in given:
        if (name in view or name in attributes) and not (name in attributes and attributes[name].update):
            raise errors.bad_request(f"Cannot update read-only attribute {name}")
    _reject_unknown(given, attributes)
    _reject_admins_only(request, f"update_{resource}", given, attributes)
    return {name: attributes[name].convert(name, value) for name, value in given.items()}


def _body(request: Request) -> Json:
    try:
        return request.object
    except BadJsonError:
        raise errors.bad_request("Body contains invalid data") from None


def _complete(request: Request, resource: str, attributes: Mapping[str, Attribute], given: Any) -> Json:
    if not isinstance(given, dict):
        raise errors.bad_request("Invalid input for body. Reason: it is not an object.")
    given = dict(given)
    project_id = given.pop("project_id", None) or given.pop("tenant_id", None) or request.project_id
    given.pop("tenant_id", None)
    if project_id != request.project_id and not request.caller.is_admin:
        raise errors.bad_request(
            "Specifying 'project_id' other than the authenticated project in request is not allowed"
            " for the current user."
        )
    _reject_unknown(given, attributes)
    _reject_admins_only(request, f"create_{resource}", given, attributes)
    complete = {"project_id": project_id}
    for name, attribute in attributes.items():
        if name in given:
            complete[name] = attribute.convert(name, given[name])
        elif attribute.default is REQUIRED:
            raise errors.bad_request(f"Failed to parse request. Required attribute '{name}' not specified")
        elif attribute.create:
            complete[name] = list(attribute.default) if isinstance(attribute.default, tuple) else attribute.default
    return complete


def _reject_unknown(given: Json, attributes: Mapping[str, Attribute]) -> None:
    unknown = ", ".join(sorted(set(given) - set(attributes)))
    if unknown:
        raise errors.bad_request(f"Unrecognized attribute(s) '{unknown}'")


def _reject_admins_only(request: Request, rule: str, given: Json, attributes: Mapping[str, Attribute]) -> None:
    for name in given:
        if attributes[name].admin and not request.caller.is_admin:
            raise errors.forbidden(f"(rule:{rule} and rule:{rule}:{name})")
