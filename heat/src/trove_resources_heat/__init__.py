"""A plug-in of OpenStack Heat, for the hosts of heat-engine: servers and volumes that are never replaced.

Importing this imports nothing of Heat.
"""

from pathlib import Path

__version__ = "0.1.0"

PLUGIN_DIR = Path(__file__).parent / "plugin_dir"
"""What belongs into ``plugin_dirs`` of ``heat.conf``."""
