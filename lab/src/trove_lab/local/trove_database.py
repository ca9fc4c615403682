"""Trove's database: its schema, and the datastores an operator registers.

To be called in the process of Trove's services, before they start: they map their tables when they do.
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

from trove_resources.plugin.database import ownership

LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Datastore:
    """A datastore with its only version."""

    name: str
    version: str
    manager: str


DATASTORES = (Datastore("mysql", "8.4", "mysql"), Datastore("postgresql", "17", "postgresql"))


def _lost(error: Any, *_about: object) -> NoReturn:
    """Say of a write what every other database says of it, when another was in its way: for SQLite oslo.db does not."""
    LOG.info("a write of Trove's lost to another")
    raise DBDeadlock(error)


filters("sqlite", sqlalchemy.exc.OperationalError, ".*database is locked")(_lost)


def prepare(image_id: str, *, columns: bool) -> None:
    """Do what ``trove-manage`` does: ``db_sync``, ``datastore_update``, ``datastore_version_update``.

    ``columns`` says whether ours are added too. Raises whatever SQLAlchemy or Trove raise when it cannot be done.
    """
    commands = Commands()
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        # `db_sync` in its two halves: between them comes what an operator does with `trove-resources db upgrade`, since
        # the second half maps the tables, once for this process. Stock Trove takes no notice of our columns.
        commands.db_api.db_sync(cfg.CONF)
        if columns:
            ownership.upgrade(sqlalchemy.create_engine(cfg.CONF.database.connection))
        # There is no second half before Trove 26.
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
    for line in said.getvalue().splitlines():
        LOG.info("trove-manage: %s", line)
