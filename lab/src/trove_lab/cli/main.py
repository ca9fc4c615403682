"""The command ``trove-lab``: its subcommands and exit codes.

Exit codes: 0 success; 1 something failed, or a service died; 2 bad usage; 3 a port is in use; 4 another lab is running
in the directory; 5 the directory, or a file in it, cannot be used.
"""

import argparse
import importlib
import sys
from collections.abc import Sequence
from importlib import metadata

from trove_lab.local.errors import DirectoryError, DirectoryInUseError, LabError, PortInUseError

COMMANDS = {
    "demo": "show the life of a database instance, or the upgrade of a running Trove to the plug-in",
    "up": "start an emulated cloud with Trove and Heat, and run until Ctrl-C",
}
"""Each is a module here with ``add_arguments(parser)`` and ``run(arguments)``, which returns the exit code."""

EXIT_CODES: Sequence[tuple[type[LabError], int]] = (
    (PortInUseError, 3),
    (DirectoryInUseError, 4),
    (DirectoryError, 5),
    (LabError, 1),
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code; bad usage exits with 2."""
    words = sys.argv[1:] if argv is None else argv
    arguments = _parser(next((word for word in words if not word.startswith("-")), "")).parse_args(words)
    try:
        return int(arguments.run(arguments))
    except LabError as error:
        print(f"trove-lab: {error}", file=sys.stderr)  # noqa: T201 - a command prints
        return next(code for kind, code in EXIT_CODES if isinstance(error, kind))


def _parser(chosen: str) -> argparse.ArgumentParser:
    # Only the chosen command is imported: OpenStack's clients take seconds to import.
    parser = argparse.ArgumentParser(
        prog="trove-lab",
        description="An emulated OpenStack cloud with an unmodified Trove on it.",
        epilog="Exit codes: 0 success; 1 something failed, or a service died; 2 bad usage; 3 a port is in use; "
        "4 another lab is running in the directory; 5 the directory, or a file in it, cannot be used.",
    )
    parser.add_argument("--version", action="version", version=f"trove-lab {metadata.version('trove-lab')}")
    commands = parser.add_subparsers(metavar="command", required=True)
    for name, summary in COMMANDS.items():
        command = commands.add_parser(name, help=summary, formatter_class=argparse.RawDescriptionHelpFormatter)
        if name == chosen:
            module = importlib.import_module(f"trove_lab.cli.{name}")
            command.description = module.__doc__
            module.add_arguments(command)
            command.set_defaults(run=module.run)
    return parser
