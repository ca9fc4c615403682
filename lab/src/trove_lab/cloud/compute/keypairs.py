"""Key pairs. They belong to a user, not to a project."""

import base64
import binascii
import hashlib

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from trove_lab.cloud.compute import errors, quotas
from trove_lab.cloud.compute.parameters import body
from trove_lab.cloud.compute.request import Request
from trove_lab.cloud.compute.state import Keypair
from trove_lab.cloud.compute.validation import ANY, query
from trove_lab.cloud.compute.validation import body as checked
from trove_lab.cloud.compute.views import listed, paginate, precise
from trove_lab.cloud.http import Json, Reply, Version
from trove_lab.cloud.ids import new_uuid

_NAME: Json = {"type": "string", "pattern": r"^[_\- a-zA-Z0-9]+$", "minLength": 1, "maxLength": 255, "format": "name"}
_NAME_292: Json = {**_NAME, "pattern": r"^[_\-\@\. a-zA-Z0-9]+$"}
_KEY: Json = {"public_key": {"type": "string"}}
_TYPE: Json = {"type": {"type": "string", "enum": ["ssh", "x509"]}}
_USER: Json = {"user_id": {"type": "string", "pattern": "^[a-zA-Z0-9-]*$", "minLength": 1, "maxLength": 255}}
_SCHEMAS: dict[Version, Json] = {
    (2, 1): body("keypair", {"name": _NAME, **_KEY}, ("name",)),
    (2, 2): body("keypair", {"name": _NAME, **_KEY, **_TYPE}, ("name",)),
    (2, 10): body("keypair", {"name": _NAME, **_KEY, **_TYPE, **_USER}, ("name",)),
    (2, 92): body("keypair", {"name": _NAME_292, **_KEY, **_TYPE, **_USER}, ("name", "public_key")),
}
_KEY_BITS = 2048


def index(request: Request) -> Reply:
    """GET /os-keypairs: by name."""
    given = query(request, {"user_id": ANY} if request.at_least((2, 10)) else {}, strict_since=(2, 75))
    rows = sorted(request.cloud.compute.keypairs.where(user_id=_user_id(request)), key=lambda key: key.name)
    next_links: list[Json] = []
    if request.at_least((2, 35)):
        # The marker of a page is a name.
        marker = request.args.get("marker")
        found = next((key.id for key in rows if key.name == marker), marker)
        shown, next_links = paginate(request, rows, path="os-keypairs", query=given, marker=found)
        rows = list(shown)
        for link in next_links:
            link["href"] = link["href"].rpartition("=")[0] + f"={rows[-1].name}"
    return Reply(200, listed("keypairs", [{"keypair": _brief(request, key)} for key in rows], next_links))


def show(request: Request, name: str) -> Reply:
    """GET /os-keypairs/{name}."""
    keypair = _find(request, name)
    view: Json = {
        "name": keypair.name,
        "public_key": keypair.public_key,
        "fingerprint": keypair.fingerprint,
        "user_id": keypair.user_id,
        "created_at": precise(keypair.created_at),
        "deleted": False,
        "deleted_at": None,
        "id": keypair.number,
        "updated_at": None,
    }
    if request.at_least((2, 2)):
        view["type"] = keypair.type
    return Reply(200, {"keypair": view})


def create(request: Request) -> Reply:
    """POST /os-keypairs: imports a public key. Before 2.92 generates a key pair if none is given."""
    given = checked(request, _SCHEMAS)["keypair"]
    state, user_id = request.cloud.compute, given.get("user_id", request.caller.user_id)
    if user_id != request.caller.user_id and not request.caller.is_admin:
        raise errors.forbidden("os_compute_api:os-keypairs:create")
    quotas.check_keypairs(state, request.project_id, user_id)
    private_key = None
    public_key = given.get("public_key")
    if public_key is None:
        private_key, public_key = _generate()
    fingerprint = _fingerprint(public_key)
    if state.keypairs.where(user_id=user_id, name=given["name"]):
        raise errors.conflict(f"Key pair '{given['name']}' already exists.")
    keypair = Keypair(
        id=new_uuid(),
        number=next(state.numbers),
        name=given["name"],
        user_id=user_id,
        type=given.get("type", "ssh"),
        public_key=public_key,
        fingerprint=fingerprint,
        created_at=request.cloud.clock.now(),
    )
    state.keypairs.add(keypair)
    typed = {"type": keypair.type} if request.at_least((2, 2)) else {}
    view = {**typed, **_brief(request, keypair), "user_id": user_id}
    if private_key:
        view["private_key"] = private_key
    return Reply(201 if request.at_least((2, 2)) else 200, {"keypair": view})


def delete(request: Request, name: str) -> Reply:
    """DELETE /os-keypairs/{name}."""
    request.cloud.compute.keypairs.remove(_find(request, name).id)
    return Reply(204 if request.at_least((2, 2)) else 202)


def check(request: Request, name: str) -> None:
    """Reject, with 400, a key pair that the caller does not have."""
    if not request.cloud.compute.keypairs.where(user_id=request.caller.user_id, name=name):
        raise errors.bad_request("Invalid key_name provided.")


def _user_id(request: Request) -> str:
    """Return the user whose key pairs are meant: the caller, or the user that an administrator names."""
    user_id = request.args.get("user_id") if request.at_least((2, 10)) else None
    if user_id and user_id != request.caller.user_id and not request.caller.is_admin:
        raise errors.forbidden("os_compute_api:os-keypairs:index")
    return user_id or request.caller.user_id


def _find(request: Request, name: str) -> Keypair:
    user_id = _user_id(request)
    found = request.cloud.compute.keypairs.where(user_id=user_id, name=name)
    if not found:
        raise errors.not_found(f"Keypair {name} not found for user {user_id}")
    return found[0]


def _brief(request: Request, keypair: Keypair) -> Json:
    view: Json = {"name": keypair.name, "public_key": keypair.public_key, "fingerprint": keypair.fingerprint}
    return {**view, "type": keypair.type} if request.at_least((2, 2)) else view


def _fingerprint(public_key: str) -> str:
    """Return the MD5 fingerprint of an OpenSSH public key. Raise ApiError 400."""
    try:
        data = base64.b64decode(public_key.split()[1], validate=True)
    except (IndexError, binascii.Error, ValueError):
        raise errors.bad_request("Keypair data is invalid: failed to generate fingerprint") from None
    return hashlib.md5(data, usedforsecurity=False).digest().hex(":")


def _generate() -> tuple[str, str]:
    """Return a new private key and its public key."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=_KEY_BITS)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH)
    return private.decode(), f"{public.decode()} Generated-by-Nova"
