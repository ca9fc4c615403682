"""Our chain of revisions, for alembic."""

import io
from pathlib import Path
from typing import Final

import sqlalchemy as sa
from alembic.config import Config
from alembic.script import ScriptDirectory

from trove_resources.errors import UnknownRevisionError

VERSION_TABLE: Final = "trove_resources_alembic_version"
"""The table with our revision; Trove's is ``alembic_version``."""

DIRECTORY: Final = Path(__file__).parent / "migrations"


def config(
    *, connection: sa.Connection | None = None, url: sa.URL | None = None, to: io.StringIO | None = None
) -> Config:
    """Return alembic's configuration for a connection, or for offline SQL in the dialect of a URL.

    Both are passed as objects: in alembic's options a ``%`` in a password would be a reference.
    """
    made = Config(output_buffer=to)
    made.set_main_option("script_location", str(DIRECTORY).replace("%", "%%"))
    # How alembic splits a list of paths; it warns without this option.
    made.set_main_option("path_separator", "os")
    made.attributes.update(connection=connection, url=url)
    return made


def offline(url: sa.URL) -> tuple[Config, io.StringIO]:
    """Return alembic's configuration for offline SQL, and the buffer that will hold the SQL."""
    written = io.StringIO()
    return config(url=url, to=written), written


def head() -> str:
    """Return the newest revision."""
    return str(_scripts().get_current_head())


def unknown(database: str, revision: str, error: Exception) -> UnknownRevisionError:
    """Return the error for a revision that alembic does not find, with the known ones."""
    known = [script.revision for script in _scripts().walk_revisions()]
    return UnknownRevisionError(database, revision, str(error).rstrip("."), ["base", *reversed(known), "head"])


def display(url: sa.URL) -> str:
    """Return a URL for people: without its password, and without its parameters, which can be secrets, too."""
    return url.set(query={}).render_as_string(hide_password=True)


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(config())
