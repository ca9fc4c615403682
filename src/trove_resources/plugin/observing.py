"""Looks at what the cloud holds for an instance, as a task manager would, outside of it."""

import warnings
from collections.abc import Callable

from oslo_config import cfg

from trove_resources import conf as our_conf
from trove_resources.errors import ConfigurationError
from trove_resources.inventory import Inventory
from trove_resources.plugin import managers
from trove_resources.plugin.instance_rows import InstanceRow

Configure = Callable[[cfg.ConfigOpts], None]
"""Reads the configuration files into a configuration."""


def observe(configure: Configure, row: InstanceRow) -> Inventory:
    """Return what the manager of the instance's engine sees, with Trove's options and credentials. Changes nothing.

    Raises CloudError, ConfigurationError, UnknownManagerError, UnusableManagerError, OperationIsNotSupported.
    """
    with warnings.catch_warnings():
        # Trove brings eventlet along, which warns of its own end.
        warnings.simplefilter("ignore")
        from trove.common.cfg import CONF  # noqa: PLC0415 - seconds, and only who asks the cloud needs it

        our_conf.register(CONF)
        configure(CONF)
        try:
            # These read options when they are imported.
            from trove_resources.plugin.clouds import CloudsOfTrove, settings  # noqa: PLC0415

            manager = managers.load(row.engine)
            clouds = CloudsOfTrove(CONF).of_region(row.region)
        except (ImportError, cfg.Error) as error:
            raise ConfigurationError(f"Trove's configuration does not lead to its clouds: {error}") from error
    made = manager(clouds=clouds, settings=settings(CONF))  # type: ignore[call-arg]
    return made.observe(row.ref)
