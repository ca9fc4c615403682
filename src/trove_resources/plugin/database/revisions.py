"""The chain of our revisions, as alembic is told of it."""

import io
from pathlib import Path
from typing import Final

import sqlalchemy as sa
from alembic.config import Config
from alembic.script import ScriptDirectory

from trove_resources.errors import UnknownRevisionError

VERSION_TABLE: Final = "trove_resources_alembic_version"
"""Where a database keeps our revision; Trove keeps its own in ``alembic_version``."""

DIRECTORY: Final = Path(__file__).parent / "migrations"


def config(
    *, connection: sa.Connection | None = None, url: sa.URL | None = None, to: io.StringIO | None = None
) -> Config:
    """Return what alembic works with: a connection to migrate, or the URL of a dialect and where to write its SQL.

    They are handed on as objects: in alembic's options a ``%`` of a password would be a reference.
    """
    made = Config(output_buffer=to)
    made.set_main_option("script_location", str(DIRECTORY).replace("%", "%%"))
    # How alembic splits a list of paths; it warns when nothing is said.
    made.set_main_option("path_separator", "os")
    made.attributes.update(connection=connection, url=url)
    return made


def offline(url: sa.URL) -> tuple[Config, io.StringIO]:
    """Return what alembic writes SQL with, and where it will stand."""
    written = io.StringIO()
    return config(url=url, to=written), written


def head() -> str:
    """Return the newest revision."""
    return str(_scripts().get_current_head())


def unknown(database: str, revision: str, error: Exception) -> UnknownRevisionError:
    """Return the error for a revision alembic does not find, with those it would."""
    known = [script.revision for script in _scripts().walk_revisions()]
    return UnknownRevisionError(database, revision, str(error).rstrip("."), ["base", *reversed(known), "head"])


def display(url: sa.URL) -> str:
    """Return a URL as it may be shown: its password masked, and without its parameters, which may be secrets, too."""
    return url.set(query={}).render_as_string(hide_password=True)


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(config())
