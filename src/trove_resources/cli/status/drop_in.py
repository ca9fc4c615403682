"""Our drop-in: the configuration file that makes Trove use trove-resources."""

from importlib import metadata
from pathlib import Path
from typing import Final

from oslo_config import cfg

import trove_resources

NAME: Final = "50-trove-resources.conf"
SAMPLE: Final = f"share/trove-resources/trove.conf.d/{NAME}"
"""The end of the sample's path, in the environment in which the wheel is installed."""
TASK_MANAGER: Final = "trove_resources.plugin.Manager"
"""The value of ``taskmanager_manager``."""
DIRECTORY: Final = "/etc/trove/trove.conf.d"


def advice(conf: cfg.ConfigOpts) -> str:
    """Return how to install the drop-in, with paths that exist here."""
    # The last directory is read last, and its files win.
    directory = str(conf.config_dirs[-1]) if conf.config_dirs else DIRECTORY
    found = sample()
    if found:
        return f"Copy {found} to {directory} on each host of trove-taskmanager, edit it, and restart trove-taskmanager."
    return (
        f"Set taskmanager_manager = {TASK_MANAGER} and resource_manager in section [DEFAULT] of {directory}/{NAME} on"
        " each host of trove-taskmanager, and restart trove-taskmanager."
    )


def sample() -> Path | None:
    """Return the sample that was installed with this package, or the one of the source tree it runs from."""
    try:
        files = metadata.files("trove-resources") or ()
    except metadata.PackageNotFoundError:
        files = ()
    installed = [Path(str(each.locate())) for each in files if each.as_posix().endswith(SAMPLE)]
    source = Path(trove_resources.__file__).parents[2] / "etc" / "trove.conf.d" / NAME
    return next((each.resolve() for each in (*installed, source) if each.is_file()), None)
