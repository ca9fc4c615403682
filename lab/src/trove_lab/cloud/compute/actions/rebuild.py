"""rebuild: the same server from another image."""

from trove_lab.cloud.compute import (
    errors,
    history,
    images,
    keypairs,
    lookups,
    passwords,
    quotas,
    server_views,
    states,
)
from trove_lab.cloud.compute.parameters import (
    ACCESS_IPS,
    BOOLEAN,
    CERTIFICATES,
    DESCRIPTION,
    DISK_CONFIG,
    HOST,
    HOSTNAME,
    METADATA,
    NAME,
    NAME_OR_NULL,
    PERSONALITY,
    TEXT,
    USER_DATA,
    UUID,
    body,
)
from trove_lab.cloud.compute.request import Request
from trove_lab.cloud.compute.state import Server
from trove_lab.cloud.http import Json, Reply

_FIRST: Json = {
    "name": NAME,
    "imageRef": UUID,
    "adminPass": TEXT,
    "metadata": METADATA,
    "preserve_ephemeral": BOOLEAN,
    "OS-DCF:diskConfig": DISK_CONFIG,
    **ACCESS_IPS,
}
_DESCRIBED: Json = {**_FIRST, "description": DESCRIPTION}
_KEYED: Json = {**_DESCRIBED, "key_name": NAME_OR_NULL}
_WITH_USER_DATA: Json = {**_KEYED, "user_data": {**USER_DATA, "type": ["string", "null"]}}
_CERTIFIED: Json = {**_WITH_USER_DATA, "trusted_image_certificates": CERTIFICATES}


def _schema(properties: Json) -> Json:
    return body("rebuild", properties, ("imageRef",))


SCHEMAS = {
    (2, 1): _schema({**_FIRST, "personality": PERSONALITY}),
    (2, 19): _schema({**_DESCRIBED, "personality": PERSONALITY}),
    (2, 54): _schema({**_KEYED, "personality": PERSONALITY}),
    (2, 57): _schema(_WITH_USER_DATA),
    (2, 63): _schema(_CERTIFIED),
    (2, 90): _schema({**_CERTIFIED, "hostname": HOSTNAME}),
    (2, 94): _schema({**_CERTIFIED, "hostname": HOST}),
}
_CHANGES = {
    "name": "name",
    "description": "description",
    "hostname": "hostname",
    "metadata": "metadata",
    "key_name": "key_name",
    "user_data": "user_data",
    "accessIPv4": "access_ip_v4",
    "accessIPv6": "access_ip_v6",
    "OS-DCF:diskConfig": "disk_config",
}


def rebuild(request: Request, server: Server, given: Json) -> Reply:
    """Begin a rebuild: REBUILD, then ACTIVE, or SHUTOFF if it was off. Given attributes replace the present ones."""
    lookups.require_unlocked(request, server)
    lookups.require_state(server, "rebuild", (states.ACTIVE, states.STOPPED, states.ERROR))
    image = images.find(request, given["imageRef"])
    if image is None:
        raise errors.bad_request("Cannot find image for rebuild")
    if not server.image_id and not request.at_least((2, 93)):
        raise errors.bad_request("Unable to rebuild with a different image for a volume-backed server.")
    images.check_fits(image, server.flavor)
    if given.get("key_name") is not None:
        keypairs.check(request, given["key_name"])
    quotas.check_metadata(request.cloud.compute, server.project_id, len(given.get("metadata", {})))
    was_stopped = server.vm_state == states.STOPPED
    for name, attribute in _CHANGES.items():
        if name in given:
            setattr(server, attribute, given[name])
    if server.image_id:
        server.image_id = image.id
        server.image_properties = images.properties(image)
    server.task_state = "rebuilding"
    action = history.begin(request, server, "rebuild", "compute_rebuild_instance")
    history.emit(request.cloud, server, "server.rebuilding")

    def finish() -> None:
        server.vm_state = states.STOPPED if was_stopped else states.ACTIVE
        server.power_state = states.SHUTDOWN if was_stopped else states.RUNNING
        server.task_state, server.launched_at = None, request.cloud.clock.now()
        history.end(request.cloud, server, action)
        history.emit(request.cloud, server, "server.rebuilt")

    message = "the rebuild failed because of a fault of the control API"
    request.later(server.id, "server.rebuild", finish, lambda: history.fail(request.cloud, server, action, message))
    view = {**server_views.changed(request, server), "adminPass": given.get("adminPass") or passwords.generate()}
    if request.at_least((2, 54)):
        view["key_name"] = server.key_name
    if request.at_least((2, 57)):
        view["user_data"] = server.user_data
    return Reply(202, {"server": view}, {"Location": view["links"][0]["href"]})
