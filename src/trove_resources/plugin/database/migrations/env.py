"""Runs revisions, for alembic: on the connection it is handed, or to SQL for the dialect of a URL."""

from alembic import context

from trove_resources.plugin.database.revisions import VERSION_TABLE

given = context.config.attributes
if context.is_offline_mode():
    context.configure(url=given["url"], version_table=VERSION_TABLE, literal_binds=True)
else:
    context.configure(connection=given["connection"], version_table=VERSION_TABLE)

with context.begin_transaction():
    context.run_migrations()
