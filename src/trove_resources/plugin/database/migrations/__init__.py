"""Our alembic chain: two columns on Trove's table ``instances``."""
