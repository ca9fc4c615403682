"""The directory for ``plugin_dirs``: heat-engine loads every other file in it, under a module name of its own."""
