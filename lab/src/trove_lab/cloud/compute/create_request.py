"""The request to create servers, validated in the same order as by Nova's API."""

from dataclasses import dataclass
from typing import Any

from trove_lab.cloud.compute import block_devices, errors, images, keypairs, lookups, quotas, requested_networks
from trove_lab.cloud.compute.parameters import (
    ACCESS_IPS,
    BOOLEAN,
    CERTIFICATES,
    DESCRIPTION,
    DISK_CONFIG,
    FLAVOR_REF,
    HOST,
    HOSTNAME,
    METADATA,
    NAME,
    PERSONALITY,
    POSITIVE,
    TAGS,
    TEXT,
    USER_DATA,
    UUID,
    UUID_OR_EMPTY,
    body,
)
from trove_lab.cloud.compute.request import Request
from trove_lab.cloud.compute.requested_networks import RequestedNetwork
from trove_lab.cloud.compute.state import BlockDevice, Flavor, ServerGroup
from trove_lab.cloud.compute.validation import body as checked
from trove_lab.cloud.http import Json, Version
from trove_lab.cloud.image.state import Image

_PROPERTIES: Json = {
    "name": NAME,
    "imageRef": UUID_OR_EMPTY,
    "flavorRef": FLAVOR_REF,
    "adminPass": TEXT,
    "metadata": METADATA,
    "OS-DCF:diskConfig": DISK_CONFIG,
    **ACCESS_IPS,
    "availability_zone": NAME,
    "config_drive": BOOLEAN,
    "key_name": NAME,
    "min_count": POSITIVE,
    "max_count": POSITIVE,
    "return_reservation_id": BOOLEAN,
    "security_groups": {
        "type": "array",
        "items": {"type": "object", "properties": {"name": NAME}, "additionalProperties": False},
    },
    "user_data": USER_DATA,
}
_ADDED: tuple[tuple[Version, Json], ...] = (
    ((2, 19), {"description": DESCRIPTION}),
    ((2, 52), {"tags": TAGS}),
    ((2, 63), {"trusted_image_certificates": CERTIFICATES}),
    ((2, 74), {"host": HOST, "hypervisor_hostname": HOST}),
    ((2, 90), {"hostname": HOSTNAME}),
    ((2, 94), {"hostname": HOST}),
)
_GROUP: Json = {"oneOf": [{"type": "array", "items": UUID}, UUID]}
_HINTS: Json = {"type": "object", "properties": {"group": _GROUP}, "additionalProperties": True}


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateRequest:
    """A valid request for ``count`` identical servers."""

    given: Json
    """The body's ``server``, for name, metadata, tags and the attributes that are stored unchanged."""
    count: int
    flavor: Flavor
    image: Image | None
    devices: list[BlockDevice]
    networks: list[RequestedNetwork]
    security_groups: list[str]
    zone: str | None
    host: str | None
    group: ServerGroup | None
    hints: dict[str, list[str]]


def parse(request: Request) -> CreateRequest:
    """Return the order in a request's body. Raise ApiError when it is invalid."""
    whole = checked(request, _schema(request.microversion))
    given = whole["server"]
    hints = whole.get("os:scheduler_hints") or whole.get("OS-SCH-HNT:scheduler_hints") or {}
    least, most = _counts(given)
    zone, host = _destination(request, given)
    image_id = _image_id(given)
    wanted = requested_networks.parse(request, given.get("networks"))
    flavor = lookups.flavor(request, str(given["flavorRef"]))
    if flavor is None:
        raise errors.bad_request(f"Flavor {given['flavorRef']} could not be found.")
    image = _image(request, image_id, flavor)
    security_groups = [each["name"] for each in given.get("security_groups", []) if "name" in each]
    requested_networks.check(request, wanted, security_groups, most)
    if given.get("key_name"):
        keypairs.check(request, given["key_name"])
    devices = block_devices.parse(request, given.get("block_device_mapping_v2", []), image_id, count=most)
    state = request.cloud.compute
    quotas.check_metadata(state, request.project_id, len(given.get("metadata", {})))
    return CreateRequest(
        given=given,
        count=quotas.check_servers(state, request.project_id, flavor, least=least, most=most),
        flavor=flavor,
        image=image,
        devices=devices,
        networks=wanted,
        security_groups=security_groups,
        zone=zone,
        host=host,
        group=_group(request, hints, most),
        hints={name: _as_list(value) for name, value in hints.items()},
    )


def _schema(version: Version) -> Json:
    properties = {
        **_PROPERTIES,
        "networks": requested_networks.schema(version),
        "block_device_mapping_v2": block_devices.schema(version),
    }
    for since, more in _ADDED:
        if version >= since:
            properties.update(more)
    if version < (2, 57):
        properties["personality"] = PERSONALITY
    required = ("name", "flavorRef", "networks") if version >= (2, 37) else ("name", "flavorRef")
    schema = body("server", properties, required)
    schema["properties"].update({"os:scheduler_hints": _HINTS, "OS-SCH-HNT:scheduler_hints": _HINTS})
    return schema


def _counts(given: Json) -> tuple[int, int]:
    """Return the minimum and the maximum number of servers."""
    least = int(given.get("min_count", 1))
    most = int(given.get("max_count", least))
    if least > most:
        raise errors.bad_request("min_count must be <= max_count")
    return least, most


def _destination(request: Request, given: Json) -> tuple[str | None, str | None]:
    """Return the requested zone and host. ``zone:host`` and ``host`` are for administrators."""
    hosts = request.cloud.compute.hosts
    zone, _, forced = given.get("availability_zone", "").partition(":")
    if forced and not request.caller.is_admin:
        raise errors.forbidden("os_compute_api:servers:create:forced_host")
    if zone and zone not in hosts.zones:
        raise errors.bad_request("The requested availability zone is not available")
    asked = given.get("host") or given.get("hypervisor_hostname")
    if asked and not request.caller.is_admin:
        raise errors.forbidden("compute:servers:create:requested_destination")
    host = asked or forced.rstrip(":")
    if host and hosts.get(host) is None:
        raise errors.bad_request(f"Compute host {host} could not be found.")
    return zone or None, host or None


def _image_id(given: Json) -> str:
    """Return the id of the requested image, or an empty string for a server that boots from a volume."""
    image_id: str = given.get("imageRef", "")
    if not image_id and not given.get("block_device_mapping_v2"):
        missing = "imageRef" not in given
        raise errors.bad_request("Missing imageRef attribute" if missing else "Invalid imageRef provided.")
    return image_id


def _image(request: Request, image_id: str, flavor: Flavor) -> Image | None:
    if not image_id:
        return None
    image = images.find(request, image_id)
    if image is None:
        raise errors.bad_request("Can not find requested image")
    images.check_fits(image, flavor)
    return image


def _group(request: Request, hints: Json, count: int) -> ServerGroup | None:
    """Return the server group of the scheduler hint, if there is one. It must have room for ``count`` more members."""
    ids = _as_list(hints.get("group", []))
    if not ids:
        return None
    state = request.cloud.compute
    group = state.server_groups.get(ids[0])
    if group is None or not request.caller.sees(group.project_id):
        raise errors.bad_request(f"Instance group {ids[0]} could not be found.")
    members = (state.servers.get(each) for each in group.members)
    living = [each for each in members if each and each.deleted_at is None]
    quotas.check_group_members(state, group.project_id, len(living) + count)
    return group


def _as_list(value: Any) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list) else [str(value)]
