"""Passwords of servers' administrators: made, answered once, never kept."""

import secrets

_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789"
_LENGTH = 12


def generate() -> str:
    """Return a password as Nova makes them."""
    return "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
