"""Administrator passwords of servers. They are generated and returned once, and not stored."""

import secrets

_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789"
_LENGTH = 12


def generate() -> str:
    """Return a password like those that Nova generates."""
    return "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
