"""Reads Trove's configuration as Trove's services do, without Trove."""

from collections.abc import Sequence

import sqlalchemy as sa
from oslo_config import cfg
from oslo_db.options import database_opts
from sqlalchemy.exc import ArgumentError

from trove_resources import conf as options
from trove_resources.errors import ConfigurationError

PROJECT = "trove"
PROGRAM = "trove-taskmanager"
"""The service whose files are read: it is where the resource manager runs."""


def read(files: Sequence[str], directories: Sequence[str]) -> cfg.ConfigOpts:
    """Return the configuration in these files and drop-in directories, or in those Trove finds by itself.

    Raises ConfigurationError.
    """
    conf = cfg.ConfigOpts()
    options.register(conf)
    conf.register_opts(database_opts, group="database")
    read_into(conf, files, directories)
    return conf


def read_into(conf: cfg.ConfigOpts, files: Sequence[str], directories: Sequence[str]) -> None:
    """Read the same files into a configuration. Raises ConfigurationError."""
    arguments = [f"--config-file={each}" for each in files] + [f"--config-dir={each}" for each in directories]
    try:
        conf(arguments, project=PROJECT, prog=PROGRAM)
    except cfg.Error as error:
        raise ConfigurationError(" ".join(str(error).split())) from error


def database_url(conf: cfg.ConfigOpts) -> sa.URL:
    """Return the URL of Trove's database. Raises ConfigurationError; the URL, which has a password, is not in it."""
    try:
        connection, parameters = conf.database.connection, conf.database.connection_parameters
    except cfg.Error as error:
        raise ConfigurationError(f"[database] connection cannot be read: {error}") from error
    if not connection:
        raise ConfigurationError(_nothing_found(conf))
    try:
        url = sa.make_url(connection)
        url.get_dialect().import_dbapi()
    except (ArgumentError, ImportError, ValueError) as error:
        # SQLAlchemy says which driver it does not find; of a URL it cannot read it says nothing secret.
        raise ConfigurationError(f"[database] connection cannot be used: {str(error).splitlines()[0]}") from error
    return url.update_query_string(parameters, append=True) if parameters else url


def _nothing_found(conf: cfg.ConfigOpts) -> str:
    read_from = [*(conf.config_file or []), *(conf.config_dir or [])]
    if not read_from:
        return f"no configuration of Trove found; there is no {PROJECT}.conf where Trove looks: give --config-file"
    return f"no [database] connection in {', '.join(read_from)}"
