"""Checks of the fields of a JSON object, for the control API."""

from collections.abc import Mapping, Sequence
from typing import Any

_MAX_SECONDS = 1e9
_NAMES = {
    str: "a string",
    int: "an integer",
    float: "a number",
    dict: "an object",
    list: "a list",
    type(None): "null",
    object: "any value",
}


class FieldError(ValueError):
    """A field has an unknown name or an invalid value. The message begins with the name of the field."""


def check(given: Mapping[str, Any], fields: Mapping[str, Sequence[type]], *, noun: str = "field") -> None:
    """Raise FieldError unless every name is one of ``fields``, and its value has one of the field's types.

    ``object`` allows any value, ``float`` also an integer. A boolean is not an integer.
    """
    for name, value in given.items():
        if name not in fields:
            raise FieldError(f"{name}: no such {noun}" + _listed(fields))
        kinds = (*fields[name], int) if float in fields[name] else tuple(fields[name])
        if object not in kinds and (isinstance(value, bool) or not isinstance(value, kinds)):
            raise FieldError(f"{name}: must be {' or '.join(_NAMES[kind] for kind in fields[name])}")


def check_seconds(name: str, value: Any) -> None:
    """Raise FieldError unless the value is a number of seconds from 0 to 1,000,000,000."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= _MAX_SECONDS:
        raise FieldError(f"{name}: must be a number of seconds from 0 to {_MAX_SECONDS:,.0f}")


def _listed(fields: Mapping[str, Sequence[type]]) -> str:
    return f"; there are {', '.join(fields)}" if fields else "; none is accepted"
