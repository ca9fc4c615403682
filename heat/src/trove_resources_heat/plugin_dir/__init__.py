"""The folder for ``plugin_dirs``: heat-engine loads every other file in it, under a name of its own."""
