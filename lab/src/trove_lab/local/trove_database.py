"""Trove's database: its schema, and the datastores that an operator registers.

Call ``prepare`` in the process of Trove's services before they start: they map their tables when they start.
"""

import contextlib
import io
import logging
from dataclasses import dataclass
from typing import Any, NoReturn

import sqlalchemy
from oslo_config import cfg
from oslo_db.exception import DBDeadlock
from oslo_db.sqlalchemy.exc_filters import filters
from trove.cmd.manage import Commands

from trove_lab.local import trove_parameters
from trove_resources.plugin.database import ownership

LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Datastore:
    """A datastore with its only version."""

    name: str
    version: str
    manager: str


DATASTORES = (
    Datastore("mysql", "8.4", "mysql"),
    Datastore("postgresql", "17", "postgresql"),
    # The only one with clusters: Trove has a strategy for Galera, and a template of its configuration.
    Datastore("mariadb", "11.4", "mariadb"),
)


def _raise_deadlock(error: Any, *_match: object) -> NoReturn:
    """Report a write that found the database locked as a deadlock: oslo.db does so for all databases but SQLite."""
    LOG.info("a write of Trove found the database locked")
    raise DBDeadlock(error)


filters("sqlite", sqlalchemy.exc.OperationalError, ".*database is locked")(_raise_deadlock)


def prepare(image_id: str, *, columns: bool) -> None:
    """Create the schema and register the datastores, as an operator does with ``trove-manage``.

    The subcommands are ``db_sync``, ``datastore_update`` and ``datastore_version_update``. Configuration parameters are
    loaded too. With ``columns``, also add the columns of the plug-in. Raises whatever SQLAlchemy or Trove raise.
    """
    commands, engine = Commands(), sqlalchemy.create_engine(cfg.CONF.database.connection)
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        # `db_sync` in its two halves. The second one maps the tables, once per process, so the plug-in's columns must
        # be added before it, as by `trove-resources db upgrade`. Stock Trove ignores these columns.
        commands.db_api.db_sync(cfg.CONF)
        if columns:
            ownership.upgrade(engine)
        # Trove before 26 has no second half.
        getattr(commands, "run_upgrade_tasks", lambda: None)()
        for datastore in DATASTORES:
            commands.datastore_update(datastore.name, "")
            commands.datastore_version_update(
                datastore.name,
                datastore.version,
                datastore.manager,
                image_id,
                packages="",
                active=1,
                registry_ext=None,
                repl_strategy=None,
                version=datastore.version,
            )
            commands.datastore_update(datastore.name, datastore.version)
            trove_parameters.load(engine, datastore.name, datastore.version, datastore.manager)
    for line in output.getvalue().splitlines():
        LOG.info("trove-manage: %s", line)
