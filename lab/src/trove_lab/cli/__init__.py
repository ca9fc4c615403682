"""The ``trove-lab`` command."""

from trove_lab.cli.main import main

__all__ = ["main"]
