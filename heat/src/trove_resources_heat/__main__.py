"""Print the folder that ``plugin_dirs`` of ``heat.conf`` has to name."""

from trove_resources_heat import PLUGIN_DIR

if __name__ == "__main__":
    print(PLUGIN_DIR)  # noqa: T201 - a command prints
