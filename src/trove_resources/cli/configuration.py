"""Read Trove's configuration the way Trove's services do, without importing Trove."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

import sqlalchemy as sa
from cliff.command import Command
from oslo_config import cfg
from oslo_db.options import database_opts
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import NullPool

from trove_resources import conf as options
from trove_resources.errors import ConfigurationError

PROJECT: Final = "trove"
PROGRAM: Final = "trove-taskmanager"
"""The service whose files are read: the resource manager runs in it."""
NOT_FOUND: Final = f"no configuration of Trove found: no {PROJECT}.conf where Trove looks for it; use --config-file"


@dataclass(frozen=True, slots=True)
class ConfigFiles:
    """The configuration files and directories given on the command line; none means Trove's default locations."""

    files: Sequence[str] = ()
    directories: Sequence[str] = ()

    @classmethod
    def of(cls, command: Command) -> Self:
        """Return those given to a command."""
        given = command.app_args
        return cls(given.config_file, given.config_dir) if given else cls()

    def read(self) -> cfg.ConfigOpts:
        """Return the configuration in these files. Raise ConfigurationError."""
        conf = cfg.ConfigOpts()
        register(conf)
        self.read_into(conf)
        return conf

    def read_into(self, conf: cfg.ConfigOpts) -> None:
        """Read these files into an existing configuration. Raise ConfigurationError."""
        arguments = [f"--config-file={each}" for each in self.files]
        arguments += [f"--config-dir={each}" for each in self.directories]
        with reading(conf):
            conf(arguments, project=PROJECT, prog=PROGRAM)


def register(conf: cfg.ConfigOpts) -> None:
    """Register our options, and those of oslo.db that name Trove's database."""
    options.register(conf)
    conf.register_opts(database_opts, group="database")


@contextmanager
def reading(conf: cfg.ConfigOpts) -> Iterator[None]:
    """Raise ConfigurationError for files that cannot be read. oslo.config lets some errors of the system through."""
    try:
        yield
    except cfg.Error as error:
        raise ConfigurationError(" ".join(str(error).split())) from error
    except OSError as error:
        raise ConfigurationError(f"cannot read the configuration file {error.filename}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"cannot read the configuration: a file is not UTF-8 text: {error}") from error
    for each in conf.config_dir or ():
        # oslo.config finds no *.conf in a file, and does not complain.
        if not Path(each).expanduser().is_dir():
            raise ConfigurationError(f"--config-dir {each} is not a directory")


def files(conf: cfg.ConfigOpts) -> list[Path]:
    """Return the configuration files that were read, in the order in which they were read."""
    named = [Path(each).expanduser() for each in conf.config_file or ()]
    dropped = [file for each in conf.config_dirs for file in sorted(Path(each).expanduser().glob("*.conf"))]
    return [*named, *dropped]


def task_log(conf: cfg.ConfigOpts) -> str:
    """Return the path of the task log; empty if none is kept. Raise ConfigurationError."""
    try:
        return str(conf.trove_resources.task_log or "")
    except cfg.Error as error:
        raise ConfigurationError(f"[trove_resources] task_log cannot be read: {error}") from error


def database(conf: cfg.ConfigOpts) -> sa.Engine:
    """Return an engine for Trove's database; it has not connected yet. Raise ConfigurationError."""
    return sa.create_engine(database_url(conf), poolclass=NullPool)


def database_url(conf: cfg.ConfigOpts) -> sa.URL:
    """Return the URL of Trove's database. Raise ConfigurationError, without the URL: it contains a password."""
    try:
        connection, parameters = conf.database.connection, conf.database.connection_parameters
    except cfg.Error as error:
        raise ConfigurationError(f"[database] connection cannot be read: {error}") from error
    if not connection:
        raise ConfigurationError(_no_connection(conf))
    try:
        url = sa.make_url(connection)
        url.get_dialect().import_dbapi()
    except (ArgumentError, ImportError, ValueError) as error:
        # SQLAlchemy names a missing driver; its message for a malformed URL does not contain the URL.
        raise ConfigurationError(f"[database] connection cannot be used: {str(error).splitlines()[0]}") from error
    return url.update_query_string(parameters, append=True) if parameters else url


def _no_connection(conf: cfg.ConfigOpts) -> str:
    read_from = [*(conf.config_file or []), *(conf.config_dir or [])]
    return f"no [database] connection in {', '.join(read_from)}" if read_from else NOT_FOUND
