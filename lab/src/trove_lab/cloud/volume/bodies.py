"""Schemas and validation of Cinder's bodies."""

from __future__ import annotations

from typing import Any

import jsonschema

from trove_lab.cloud.http import Json
from trove_lab.cloud.volume import errors

TEXT: Json = {"type": ["string", "null"]}
METADATA: Json = {
    "type": ["object", "null"],
    "patternProperties": {"^[a-zA-Z0-9-_:. /]{1,255}$": {"type": "string", "maxLength": 255}},
    "additionalProperties": False,
}
UUID: Json = {"type": "string", "format": "uuid", "pattern": "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"}
OPTIONAL_UUID: Json = UUID | {"type": ["string", "null"]}
GIBIBYTES: Json = {"type": ["integer", "string"], "pattern": "^[0-9]+$", "minimum": 1, "maximum": 0x7FFFFFFF}
OPTIONAL_GIBIBYTES: Json = GIBIBYTES | {"type": ["integer", "string", "null"]}
_TRUE = (True, "True", "TRUE", "true", "1", "ON", "On", "on", "YES", "Yes", "yes", "y", "t")
_FALSE = (False, "False", "FALSE", "false", "0", "OFF", "Off", "off", "NO", "No", "no", "n", "f")
BOOLEAN: Json = {"type": ["boolean", "string"], "enum": [*_TRUE, *_FALSE]}

MAX_NAME = 255


def enveloped(name: str, properties: Json, *required: str, more: bool = False) -> Json:
    """Return the schema of ``{name: {…}}``. ``more`` allows unknown properties, which are ignored."""
    inner = {"type": "object", "properties": properties, "required": list(required), "additionalProperties": more}
    return {"type": "object", "required": [name], "properties": {name: inner}}


def checked(body: Json, schema: Json) -> Json:
    """Return the body if it conforms to the schema. Raise Cinder's 400 if it does not."""
    error = jsonschema.exceptions.best_match(jsonschema.Draft202012Validator(schema).iter_errors(body))
    if error is not None:
        raise errors.invalid(
            str(error.absolute_path[-1]) if error.absolute_path else "", repr(error.instance), error.message
        )
    return body


def truth(value: Any) -> bool:
    """Return the truth value of a BOOLEAN."""
    return value in _TRUE


def name_of(given: Json, field: str = "name") -> str | None:
    """Return a name or description of valid length, without leading and trailing spaces."""
    value = given.get(field)
    if value is None and field == "name":
        value = given.get("display_name")
    if value is None:
        return None
    text = str(value).strip()
    if len(text) > MAX_NAME:
        message = f"Invalid input received: {field} has {len(text)} characters, more than {MAX_NAME}."
        raise errors.bad_request(message)
    return text
