"""The demo: the life of a database instance, and the upgrade of a running Trove, shown and measured."""
