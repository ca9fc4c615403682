"""Ids, in the two forms that the services use."""

import uuid


def new_uuid() -> str:
    """Return an id with dashes, as all services except Keystone generate them."""
    return str(uuid.uuid4())


def new_hex() -> str:
    """Return an id without dashes, as Keystone generates them."""
    return uuid.uuid4().hex


def seeded_uuid(name: str) -> str:
    """Return the id of a resource of the seed. It is the same after every reset."""
    return str(uuid.uuid5(uuid.NAMESPACE_DNS, f"{name}.seed"))


def seeded_hex(name: str) -> str:
    """Return the id of a resource of the seed, without dashes."""
    return uuid.UUID(seeded_uuid(name)).hex
