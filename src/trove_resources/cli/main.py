"""The application: its options, its commands and its exit codes."""

import logging
import sys
import traceback
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
    UnknownEngineError,
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
    UnknownEngineError: 9,
}

BAD_USAGE: Final = 2

EPILOG: Final = (
    "Exit codes: 0 success; 1 unexpected failure; 2 bad usage; 3 Trove's configuration was not found or cannot be "
    "used; 4 the database does not answer or refused the request; 5 the database has no table instances, or the table "
    "lacks our columns; 6 unknown revision; 7 an engine other than native owns instances; 8 the task log was not found "
    "or cannot be read; 9 unknown instance, task or engine, or several match; 10 the cloud could not be queried, "
    "everything else is shown."
)


class TroveResources(App):
    """``trove-resources``. Options of the application can be given before or after the command."""

    NAME = "trove-resources"
    LOG = logging.getLogger(NAME)
    CONSOLE_MESSAGE_FORMAT = f"{NAME}: %(message)s"
    # Warnings and errors; -v adds the steps of alembic.
    DEFAULT_VERBOSE_LEVEL = 0

    def __init__(self) -> None:
        self._failure: BaseException | None = None
        super().__init__(
            description="Commands for operators of trove-resources, the resource managers of OpenStack Trove.",
            version=__version__,
            command_manager=CommandManager(NAMESPACE),
            # So that each command answers --help itself.
            deferred_help=True,
        )

    def build_option_parser(
        self, description: str | None, version: str | None, argparse_kwargs: dict[str, Any] | None = None
    ) -> Any:
        """Declare the options of Trove's own services that name configuration files."""
        ours = {"prog": self.NAME, "epilog": EPILOG}
        parser = super().build_option_parser(description, version, {**ours, **(argparse_kwargs or {})})
        parser.add_argument(
            "--config-file",
            action="append",
            default=[],
            metavar="FILE",
            help="a configuration file of Trove; can be repeated. Default: the files that trove-taskmanager finds, "
            "trove.conf in ~/.trove, ~, /etc/trove or /etc",
        )
        parser.add_argument(
            "--config-dir",
            action="append",
            default=[],
            metavar="DIR",
            help="a directory of configuration files, *.conf; can be repeated. Default: trove.conf.d in the same "
            "places",
        )
        return parser

    def configure_logging(self) -> None:
        """Write our own messages to the console. Warnings of libraries, such as Trove's options, need -v."""
        try:
            super().configure_logging()
        except OSError as error:
            self.parser.error(f"argument --log-file: cannot write {error.filename}: {error.strerror}")
        if not self.options.verbose_level:
            logging.getLogger().handlers[-1].addFilter(_is_ours_or_an_error)

    def interact(self) -> None:
        """Exit with an error: without a command, cliff would start an interactive shell."""
        self.parser.error(f"a command is required; {self.NAME} --help lists them")

    def clean_up(self, cmd: Command, result: int, err: BaseException | None) -> None:
        """Keep the error of a command."""
        super().clean_up(cmd, result, err)
        self._failure = err

    def run(self, argv: list[str]) -> int:
        """Run a command and return its exit code; bad usage exits with 2."""
        code = super().run(argv)
        if self._failure is not None and _is_of_cliff(self._failure):
            return BAD_USAGE
        return next((own for kind, own in EXIT_CODES.items() if isinstance(self._failure, kind)), code)


def _is_of_cliff(error: BaseException) -> bool:
    """Return whether cliff raised an error: for an unknown column, or an unknown command to help with."""
    where = [frame.f_globals["__name__"] for frame, _ in traceback.walk_tb(error.__traceback__)]
    return isinstance(error, ValueError) and where[-1].startswith("cliff.")


def _is_ours_or_an_error(record: logging.LogRecord) -> bool:
    return record.levelno >= logging.ERROR or record.name == TroveResources.NAME


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    return TroveResources().run(list(sys.argv[1:] if argv is None else argv))
