"""``trove-resources db``: the columns of ours on Trove's table ``instances``."""

import argparse

import sqlalchemy as sa
from cliff.command import Command
from cliff.show import ShowOne
from sqlalchemy.pool import NullPool

from trove_resources.cli import configuration
from trove_resources.plugin.database import ownership


class Upgrade(Command):
    """Add our columns to Trove's table instances, or what is missing of them.

    Trove's own migrations (trove-manage db_sync) come first; later ones may be run before or after. Trove's services
    read the table's columns when they start: stop them before, or restart them after.
    """

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        """Declare the revision and how to go there."""
        parser = super().get_parser(prog_name)
        parser.add_argument(
            "revision", nargs="?", default="head", help="the revision to upgrade to (head, the newest, without it)"
        )
        parser.add_argument(
            "--sql", action="store_true", help="only write the SQL, for the database Trove is configured for"
        )
        return parser

    def take_action(self, parsed_args: argparse.Namespace) -> None:
        """Upgrade, or write what would be done from nothing."""
        url = _url(self)
        if parsed_args.sql:
            self.app.stdout.write(ownership.upgrade_sql(url, parsed_args.revision))
        else:
            _say(self, ownership.upgrade(_engine(url), parsed_args.revision))


class Downgrade(Command):
    """Drop our columns from Trove's table instances, and with them who owns each instance.

    Refused while an engine other than native owns an instance that is not deleted: release it first.
    """

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        """Declare the revision and how to go there."""
        parser = super().get_parser(prog_name)
        parser.add_argument(
            "revision", nargs="?", default="base", help="the revision to downgrade to (base, none of ours, without it)"
        )
        parser.add_argument(
            "--sql", action="store_true", help="only write the SQL, for the database Trove is configured for"
        )
        parser.add_argument("--force", action="store_true", help="even if it is forgotten who owns instances")
        return parser

    def take_action(self, parsed_args: argparse.Namespace) -> None:
        """Downgrade, or write what would be done from the newest revision."""
        url = _url(self)
        if parsed_args.sql:
            self.app.stdout.write(ownership.downgrade_sql(url, parsed_args.revision))
        else:
            _say(self, ownership.downgrade(_engine(url), parsed_args.revision, force=parsed_args.force))


class Version(ShowOne):
    """Show where Trove's database stands, and where it should."""

    def take_action(self, parsed_args: argparse.Namespace) -> tuple[tuple[str, ...], tuple[object, ...]]:  # noqa: ARG002
        """Ask the database."""
        version = ownership.version(_engine(_url(self)))
        columns = ("database", "revision", "head", "missing_columns", "is_current")
        return columns, (
            version.database,
            version.revision,
            version.head,
            " ".join(version.missing),
            version.is_current,
        )


def _say(command: Command, version: ownership.Version) -> None:
    command.app.stdout.write(f"{version.database} is at {version.revision or 'base'}\n")


def _url(command: Command) -> sa.URL:
    given = command.app_args or argparse.Namespace(config_file=[], config_dir=[])
    return configuration.database_url(configuration.read(given.config_file, given.config_dir))


def _engine(url: sa.URL) -> sa.Engine:
    return sa.create_engine(url, poolclass=NullPool)
