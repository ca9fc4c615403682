"""``trove-lab``: which commands there are, and what their endings mean.

Exit codes: 0 it did what it should; 1 it did not, or a service died; 2 bad usage; 3 a port is in use; 4 a lab already
runs in the directory; 5 the directory, or a file in it, cannot be used.
"""

import argparse
import importlib
import sys
from collections.abc import Sequence
from importlib import metadata

from trove_lab.local.errors import DirectoryError, DirectoryInUseError, LabError, PortInUseError

COMMANDS = {
    "demo": "show the main job: create, resize, reboot, change access, add a replica, delete",
    "up": "start the cloud, Trove and Heat, and stay until Ctrl-C",
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
    given = sys.argv[1:] if argv is None else argv
    arguments = _parser(next((word for word in given if not word.startswith("-")), "")).parse_args(given)
    try:
        return int(arguments.run(arguments))
    except LabError as error:
        print(f"trove-lab: {error}", file=sys.stderr)  # noqa: T201 - a command speaks
        return next(code for kind, code in EXIT_CODES if isinstance(error, kind))


def _parser(chosen: str) -> argparse.ArgumentParser:
    # Only the chosen command is imported: OpenStack's clients take seconds to import.
    parser = argparse.ArgumentParser(
        prog="trove-lab",
        description="An embedded OpenStack cloud, and an unmodified Trove that runs on it.",
        epilog="Exit codes: 0 all well; 1 something failed or died; 2 bad usage; 3 a port is in use; "
        "4 a lab already runs in the directory; 5 the directory or a file in it cannot be used.",
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
