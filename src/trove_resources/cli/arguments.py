"""Types of command-line arguments. argparse reports what they raise, and exits with 2."""

import argparse


def text(value: str) -> str:
    """Return a text that is not empty. An unset variable of a shell script must not select everything."""
    if not value.strip():
        raise argparse.ArgumentTypeError("must not be empty")
    return value


def count(value: str) -> int:
    """Return a number that is zero or more."""
    if not (value.isascii() and value.isdigit()):
        raise argparse.ArgumentTypeError(f"{value!r} is not a whole number of 0 or more")
    return int(value)
