"""Print the directory to add to ``plugin_dirs`` in ``heat.conf``."""

from trove_resources_heat import PLUGIN_DIR

if __name__ == "__main__":
    print(PLUGIN_DIR)  # noqa: T201 - a command prints
