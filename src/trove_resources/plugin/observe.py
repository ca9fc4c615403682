"""Looks at what the cloud holds for an instance, as a task manager would, outside of it."""

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from oslo_config import cfg

from trove_resources import conf as our_conf
from trove_resources import managers
from trove_resources.clouds import Orchestration
from trove_resources.errors import ConfigurationError
from trove_resources.inventory import Inventory
from trove_resources.plugin.database.instance_rows import InstanceRow

Configure = Callable[[cfg.ConfigOpts], None]
"""Reads the configuration files into a configuration."""


def observe(configure: Configure, row: InstanceRow) -> Inventory:
    """Return what the manager of the instance's engine sees, with Trove's options and credentials. Changes nothing.

    Raises CloudError, ConfigurationError, UnknownManagerError, UnusableManagerError, OperationIsNotSupported.
    """
    with _configured(configure) as conf:
        from trove_resources.plugin.clouds import CloudsOfTrove, settings  # noqa: PLC0415

        manager = managers.load(row.engine)
        clouds, told = CloudsOfTrove(conf).of_region(row.region), settings(conf)
    made = manager(clouds=clouds, settings=told)  # type: ignore[call-arg]
    return made.observe(row.ref)


def orchestration(configure: Configure) -> Orchestration:
    """Return Heat in the region of Trove's credentials, and for them. Nothing has been asked yet.

    Raises ConfigurationError.
    """
    with _configured(configure) as conf:
        from trove_resources.plugin.clouds import CloudsOfTrove  # noqa: PLC0415

        return CloudsOfTrove(conf).of_region(None).orchestration


@contextmanager
def _configured(configure: Configure) -> Iterator[cfg.ConfigOpts]:
    """Have Trove's own configuration read, for what clouds are made of: some read options when they are imported."""
    with warnings.catch_warnings():
        # Trove brings eventlet along, which warns of its own end.
        warnings.simplefilter("ignore")
        from trove.common.cfg import CONF  # noqa: PLC0415 - seconds, and only who asks the cloud needs it

        our_conf.register(CONF)
        configure(CONF)
        try:
            yield CONF
        except (ImportError, cfg.Error) as error:
            raise ConfigurationError(f"Trove's configuration does not lead to its clouds: {error}") from error
