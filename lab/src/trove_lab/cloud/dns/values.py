"""Valid names, addresses and records. Source: exchanges with Designate 23.0.0, RFC 1035."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Collection
from typing import Any

from trove_lab.cloud.dns import errors
from trove_lab.cloud.http import Json

_LABEL = r"(?!-)[A-Za-z0-9_-]{1,63}(?<!-)"
_ZONE = re.compile(rf"(?!.{{255,}})(?:{_LABEL}\.)+")
_HOST = re.compile(rf"(?!.{{255,}})(?:\*\.)?(?:{_LABEL}\.)+")
MAX_TTL = 2**31 - 1
MAX_DESCRIPTION = 160


def known_keys(given: Json, known: Collection[str], kind: str) -> None:
    """Raise Designate's 400 for attributes that cannot be set."""
    unknown = [key for key in given if key not in known]
    if unknown:
        raise errors.bad_keys(unknown, kind)


def zone_name(value: Any) -> str:
    """Return a valid name of a zone, or raise Designate's 400."""
    if not isinstance(value, str) or not value.endswith("."):
        raise errors.bad_value(f"Domain {value} does not end with a dot")
    if not _ZONE.fullmatch(value):
        raise errors.bad_value(f"Domain {value} is invalid")
    return value


def host_name(value: Any) -> str:
    """Return a valid name of a recordset, or raise Designate's 400."""
    if not isinstance(value, str) or not value.endswith("."):
        raise errors.bad_value(f"Host name {value} does not end with a dot")
    if not _HOST.fullmatch(value):
        raise errors.bad_value(f"Host name {value} is invalid")
    return value


def email(value: Any) -> str:
    """Return an email address that fits into an SOA record, or raise Designate's 400."""
    if not isinstance(value, str) or value.count("@") != 1 or not all(value.split("@")):
        raise errors.bad_value(f"{value} is not an email")
    if not _ZONE.fullmatch(value.replace("@", ".") + "."):
        raise errors.bad_value(f"Email {value} is invalid")
    return value


def ttl(value: Any) -> int | None:
    """Return a number of seconds, or raise Designate's 400. None means the zone's TTL."""
    if value is None:
        return None
    if isinstance(value, bool) or not str(value).lstrip("-").isdecimal():
        raise errors.bad_value(f"invalid literal for int() with base 10: {value!r}")
    number = int(value)
    if number < 0:
        raise errors.bad_value("Value must be >= 0 for field ttl")
    if number > MAX_TTL:
        raise errors.bad_value("Value too high for ttl")
    return number


def description(value: Any) -> str | None:
    """Return a description, or raise Designate's 400."""
    if value is None:
        return None
    if not isinstance(value, str):
        raise errors.bad_value(f"A string is required in field description, not a {type(value).__name__}")
    if len(value) > MAX_DESCRIPTION:
        raise errors.bad_value("Value too long for description")
    return value


def records(value: Any, kind: str) -> list[str]:
    """Return the records if all are valid for the type, or raise Designate's 400 for the first that is not."""
    if not isinstance(value, list):
        raise errors.InvalidObject(["records"], f"'{value}' is not a list", "type", "array")
    for index, record in enumerate(value):
        if not isinstance(record, str) or not TYPES[kind](record):
            raise errors.InvalidObject(["records", index], f"'{record}' is not a '{kind}' Record", "format", [kind])
    return list(dict.fromkeys(value))


def _is_a(record: str) -> bool:
    return isinstance(_address(record), ipaddress.IPv4Address)


def _is_aaaa(record: str) -> bool:
    return isinstance(_address(record), ipaddress.IPv6Address)


def _address(record: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(record)
    except ValueError:
        return None


def _is_host(record: str) -> bool:
    return bool(_HOST.fullmatch(record))


def _is_fields(numbers: int) -> Callable[[str], bool]:
    """Return a check for this many numbers followed by a host name."""

    def check(record: str) -> bool:
        *first, host = record.split() or [""]
        return len(first) == numbers and all(part.isdecimal() for part in first) and _is_host(host)

    return check


def _is_soa(record: str) -> bool:
    names, numbers = record.split()[:2], record.split()[2:]
    return len(numbers) == 5 and all(map(_is_host, names)) and all(part.isdecimal() for part in numbers)  # noqa: PLR2004 - RFC 1035's


def _is_text(record: str) -> bool:
    return bool(record.strip()) and not record.endswith("\\")


TYPES: dict[str, Callable[[str], bool]] = {
    "A": _is_a,
    "AAAA": _is_aaaa,
    "CNAME": _is_host,
    "MX": _is_fields(1),
    "SRV": _is_fields(3),
    "TXT": _is_text,
    "SPF": _is_text,
    "NS": _is_host,
    "PTR": _is_host,
    "SSHFP": _is_text,
    "SOA": _is_soa,
    "NAPTR": _is_text,
    "CAA": _is_text,
    "CERT": _is_text,
}
"""The types of records, each with a function that returns whether a text is valid for it."""
