"""What commands need of the cloud: the composition root outside a task manager."""

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from oslo_config import cfg

from trove_resources import conf as our_conf
from trove_resources import managers
from trove_resources.clouds import Orchestration
from trove_resources.contract import ResourceManager
from trove_resources.errors import ConfigurationError
from trove_resources.inventory import Inventory
from trove_resources.plugin.database.instance_rows import InstanceRow

Configure = Callable[[cfg.ConfigOpts], None]
"""Reads the configuration files into a configuration."""


def observe(configure: Configure, row: InstanceRow) -> Inventory:
    """Return what the manager of the instance's engine observes, with Trove's options and credentials. Changes nothing.

    Raises CloudError, ConfigurationError, UnknownManagerError, UnusableManagerError, OperationIsNotSupported.
    """
    with _configured(configure) as conf:
        from trove_resources.plugin.clouds import CloudsOfTrove, settings  # noqa: PLC0415

        manager = _manager_of(row.engine, conf)
        own = managers.options_of(manager, conf)
        made = manager(CloudsOfTrove(conf).of_region(row.region), settings(conf, own))
    return made.observe(row.ref)


def _manager_of(engine: str, conf: cfg.ConfigOpts) -> type[ResourceManager]:
    """Return the configured manager if it manages the engine, else the manager with the engine's name."""
    configured = managers.load(conf.resource_manager)
    return configured if engine in configured.engines() else managers.load(engine)


def orchestration(configure: Configure) -> Orchestration:
    """Return the client of Heat in the region of Trove's credentials. Sends no request.

    Raises ConfigurationError.
    """
    with _configured(configure) as conf:
        from trove_resources.plugin.clouds import CloudsOfTrove  # noqa: PLC0415

        return CloudsOfTrove(conf).of_region(None).orchestration


@contextmanager
def _configured(configure: Configure) -> Iterator[cfg.ConfigOpts]:
    """Read Trove's own configuration: some of its modules read options when they are imported."""
    with warnings.catch_warnings():
        # Trove imports eventlet, which warns of its deprecation.
        warnings.simplefilter("ignore")
        from trove.common.cfg import CONF  # noqa: PLC0415 - takes seconds, and only commands that use the cloud need it

        our_conf.register(CONF)
        configure(CONF)
        try:
            yield CONF
        except (ImportError, cfg.Error) as error:
            raise ConfigurationError(f"cannot reach the services with Trove's configuration: {error}") from error
