"""The types in the JSON schemas of Nova's bodies and query strings."""

from typing import Any

from trove_lab.cloud.http import Json

NAME: Json = {"type": "string", "minLength": 1, "maxLength": 255, "format": "name"}
NAME_OR_NULL: Json = {"oneOf": [{"type": "string", "minLength": 1, "maxLength": 255}, {"type": "null"}]}
TEXT: Json = {"type": "string"}
UUID: Json = {"type": "string", "format": "uuid"}
UUID_OR_EMPTY: Json = {"oneOf": [{"type": "string", "format": "uuid"}, {"type": "string", "maxLength": 0}]}
DESCRIPTION: Json = {"type": ["string", "null"], "minLength": 0, "maxLength": 255}
HOST: Json = {"type": "string", "pattern": "^[a-zA-Z0-9-._]*$", "minLength": 1, "maxLength": 255}
HOSTNAME: Json = {
    "type": "string",
    "pattern": "^[a-zA-Z0-9]+[a-zA-Z0-9-]*[a-zA-Z0-9]+$",
    "minLength": 2,
    "maxLength": 63,
}
BOOLEAN: Json = {
    "type": ["boolean", "string"],
    "enum": [
        *(True, "True", "TRUE", "true", "1", "ON", "On", "on", "YES", "Yes", "yes"),
        *(False, "False", "FALSE", "false", "0", "OFF", "Off", "off", "NO", "No", "no"),
    ],
}
POSITIVE: Json = {"type": ["integer", "string"], "pattern": "^[0-9]*$", "minimum": 1, "minLength": 1}
SIZE: Json = {"type": ["integer", "string"], "pattern": "^[0-9]+$", "minimum": 1, "maximum": 0x7FFFFFFF}
SIZE_OR_ZERO: Json = {**SIZE, "minimum": 0}
METADATA: Json = {
    "type": "object",
    "patternProperties": {"^[a-zA-Z0-9-_:. ]{1,255}$": {"type": "string", "maxLength": 255}},
    "additionalProperties": False,
}
TAG: Json = {"type": "string", "pattern": "^[^,/]*$", "minLength": 1, "maxLength": 60}
TAGS: Json = {"type": "array", "items": TAG, "maxItems": 50}
IP_ADDRESS: Json = {"type": "string", "oneOf": [{"format": "ipv4"}, {"format": "ipv6"}]}
FLAVOR_REF: Json = {"type": ["string", "integer"], "minLength": 1}
DISK_CONFIG: Json = {"type": "string", "enum": ["AUTO", "MANUAL"]}
USER_DATA: Json = {"type": "string", "format": "base64", "maxLength": 65535}
PERSONALITY: Json = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {"path": TEXT, "contents": {"type": "string", "format": "base64"}},
        "additionalProperties": False,
    },
}
ACCESS_IPS: Json = {
    "accessIPv4": {"type": "string", "format": "ipv4"},
    "accessIPv6": {"type": "string", "format": "ipv6"},
}
CERTIFICATES: Json = {
    "type": ["array", "null"],
    "minItems": 1,
    "maxItems": 50,
    "uniqueItems": True,
    "items": {"type": "string", "minLength": 1},
}


def body(name: str, properties: Json, required: tuple[str, ...] = ()) -> Json:
    """Return the schema of ``{name: {properties}}`` that allows no other properties."""
    return {
        "type": "object",
        "properties": {
            name: {
                "type": "object",
                "properties": properties,
                "required": list(required),
                "additionalProperties": False,
            }
        },
        "required": [name],
        "additionalProperties": False,
    }


def anything(name: str) -> Json:
    """Return the schema of ``{name: …}`` with any value."""
    return {"type": "object", "properties": {name: {}}, "required": [name], "additionalProperties": False}


def truth(value: Any) -> bool:
    """Return the truth value of a BOOLEAN."""
    return str(value).lower() in ("true", "1", "on", "yes")
