"""``trove-resources db``: our columns in Trove's table ``instances``."""

import argparse
from abc import abstractmethod
from typing import ClassVar

import sqlalchemy as sa
from cliff.command import Command
from cliff.show import ShowOne

from trove_resources.cli import arguments
from trove_resources.cli.configuration import ConfigFiles, database, database_url
from trove_resources.plugin.database import ownership


class _Migration(Command):
    """Run our migrations in one direction, or print their SQL."""

    _default: ClassVar[str]
    _default_help: ClassVar[str]

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        """Declare the target revision, and that the SQL can be printed instead."""
        parser = super().get_parser(prog_name)
        parser.add_argument(
            "revision",
            metavar="REVISION",
            nargs="?",
            type=arguments.text,
            default=self._default,
            help=f"the target revision (default: {self._default}, {self._default_help})",
        )
        parser.add_argument(
            "--sql",
            action="store_true",
            help="print the SQL for the configured database, and change nothing",
        )
        return parser

    def take_action(self, parsed_args: argparse.Namespace) -> None:
        """Migrate the database and print its revision, or print the SQL."""
        conf = ConfigFiles.of(self).read()
        if parsed_args.sql:
            self.app.stdout.write(self._sql(database_url(conf), parsed_args.revision))
            return
        version = self._migrate(database(conf), parsed_args)
        self.app.stdout.write(f"{version.database} is at {version.revision or 'base'}\n")

    @abstractmethod
    def _sql(self, url: sa.URL, revision: str) -> str:
        """Return the SQL of the migration."""

    @abstractmethod
    def _migrate(self, engine: sa.Engine, parsed_args: argparse.Namespace) -> ownership.Version:
        """Migrate the database and return its new version."""


class Upgrade(_Migration):
    """Add our columns to Trove's table instances, or those that are missing.

    Run Trove's own migrations (trove-manage db_sync) first; later ones can be run before or after. Trove's services
    read the columns of the table when they start: stop them first, or restart them afterwards.
    """

    _default = "head"
    _default_help = "the newest"

    def _sql(self, url: sa.URL, revision: str) -> str:
        return ownership.upgrade_sql(url, revision)

    def _migrate(self, engine: sa.Engine, parsed_args: argparse.Namespace) -> ownership.Version:
        return ownership.upgrade(engine, parsed_args.revision)


class Downgrade(_Migration):
    """Drop our columns from Trove's table instances, and with them the owning engine of each instance.

    Refused while an engine other than native owns an instance that is not deleted, unless --force is given.
    """

    _default = "base"
    _default_help = "without any of our columns"

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        """Declare the options."""
        parser = super().get_parser(prog_name)
        parser.add_argument(
            "--force", action="store_true", help="drop the columns even if engines other than native own instances"
        )
        return parser

    def _sql(self, url: sa.URL, revision: str) -> str:
        return ownership.downgrade_sql(url, revision)

    def _migrate(self, engine: sa.Engine, parsed_args: argparse.Namespace) -> ownership.Version:
        return ownership.downgrade(engine, parsed_args.revision, force=parsed_args.force)


class Version(ShowOne):
    """Show the revision of Trove's database, and whether it is the newest one."""

    def take_action(self, parsed_args: argparse.Namespace) -> tuple[tuple[str, ...], tuple[object, ...]]:  # noqa: ARG002
        """Query the database."""
        version = ownership.version(database(ConfigFiles.of(self).read()))
        columns = ("database", "revision", "head", "missing_columns", "is_current")
        return columns, (
            version.database,
            version.revision,
            version.head,
            " ".join(version.missing),
            version.is_current,
        )
