"""An OpenStack Heat plug-in for the hosts of heat-engine: servers and volumes that are never replaced.

Importing this package does not import Heat.
"""

from pathlib import Path

__version__ = "0.1.0"

PLUGIN_DIR = Path(__file__).parent / "plugin_dir"
"""The directory to add to ``plugin_dirs`` in ``heat.conf``."""
