"""The application: its options, its commands, and what their endings mean."""

import logging
import sys
from collections.abc import Mapping, Sequence
from typing import Any, Final

from cliff.app import App
from cliff.command import Command
from cliff.commandmanager import CommandManager

from trove_resources import __version__
from trove_resources.errors import (
    ConfigurationError,
    DatabaseFailedError,
    MissingColumnsError,
    MissingTableError,
    OwnershipInUseError,
    ResourcesError,
    TaskLogError,
    UnknownInstanceError,
    UnknownRevisionError,
    UnknownTaskError,
)

NAMESPACE: Final = "trove_resources.cli"
"""The entry points of commands: ``db_upgrade`` is ``trove-resources db upgrade``."""

EXIT_CODES: Final[Mapping[type[ResourcesError], int]] = {
    ConfigurationError: 3,
    DatabaseFailedError: 4,
    MissingTableError: 5,
    MissingColumnsError: 5,
    UnknownRevisionError: 6,
    OwnershipInUseError: 7,
    TaskLogError: 8,
    UnknownInstanceError: 9,
    UnknownTaskError: 9,
}

EPILOG: Final = (
    "Exit codes: 0 all well; 1 something failed; 2 bad usage; 3 Trove's configuration is not there or cannot be used; "
    "4 the database does not answer or refuses; 5 it has no table instances, or not our columns; 6 no such revision; 7 "
    "instances need what would be dropped; 8 the task log is not there or cannot be read; 9 no such instance, or task; "
    "10 the cloud could not be asked, the rest is shown."
)


class TroveResources(App):
    """``trove-resources``. Options of the application may stand before or after the command."""

    NAME = "trove-resources"
    LOG = logging.getLogger(NAME)
    CONSOLE_MESSAGE_FORMAT = f"{NAME}: %(message)s"
    # Warnings and errors; -v adds what alembic does.
    DEFAULT_VERBOSE_LEVEL = 0

    def __init__(self) -> None:
        self._failure: BaseException | None = None
        super().__init__(
            description="Operates the resource managers of OpenStack Trove.",
            version=__version__,
            command_manager=CommandManager(NAMESPACE),
            # So that each command answers --help itself.
            deferred_help=True,
        )

    def build_option_parser(
        self, description: str | None, version: str | None, argparse_kwargs: dict[str, Any] | None = None
    ) -> Any:
        """Declare where Trove's configuration is, as Trove's own services do."""
        ours = {"prog": self.NAME, "epilog": EPILOG}
        parser = super().build_option_parser(description, version, {**ours, **(argparse_kwargs or {})})
        parser.add_argument(
            "--config-file",
            action="append",
            default=[],
            metavar="FILE",
            help="a configuration file of Trove; may be given several times. Without it Trove's files are found where "
            "trove-taskmanager finds them: trove.conf in ~/.trove, ~, /etc/trove, /etc",
        )
        parser.add_argument(
            "--config-dir",
            action="append",
            default=[],
            metavar="DIR",
            help="a directory of drop-ins, *.conf; may be given several times. Without it: trove.conf.d in the same "
            "places",
        )
        return parser

    def configure_logging(self) -> None:
        """Write to the console what we say. What libraries warn of, such as options of Trove's, is told with -v."""
        super().configure_logging()
        if not self.options.verbose_level:
            logging.getLogger().handlers[-1].addFilter(_is_ours_or_an_error)

    def interact(self) -> None:
        """Refuse to run without a command: there is no shell of ours."""
        self.parser.error(f"a command is required; {self.NAME} --help lists them")

    def clean_up(self, cmd: Command, result: int, err: BaseException | None) -> None:
        """Keep why a command failed."""
        super().clean_up(cmd, result, err)
        self._failure = err

    def run(self, argv: list[str]) -> int:
        """Run a command and return its exit code; bad usage exits with 2."""
        code = super().run(argv)
        return next((own for kind, own in EXIT_CODES.items() if isinstance(self._failure, kind)), code)


def _is_ours_or_an_error(record: logging.LogRecord) -> bool:
    return record.levelno >= logging.ERROR or record.name == TroveResources.NAME


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    return TroveResources().run(list(sys.argv[1:] if argv is None else argv))
