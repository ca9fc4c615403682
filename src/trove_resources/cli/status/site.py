"""The deployment that is checked: Trove's configuration, its database, and Heat."""

import uuid
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import sqlalchemy as sa
from oslo_config import cfg

from trove_resources import managers
from trove_resources.cli import configuration
from trove_resources.cli.configuration import ConfigFiles
from trove_resources.clouds import Orchestration
from trove_resources.contract import ResourceManager
from trove_resources.errors import UnknownManagerError, UnusableManagerError
from trove_resources.flows.clock import Clock, SystemClock


class Site:
    """A deployment, by a configuration that has been read. The database and Heat are connected to when needed."""

    def __init__(self, conf: cfg.ConfigOpts, *, clock: Clock | None = None, token: str = "") -> None:
        self.conf = conf
        self.clock = clock or SystemClock()
        self.token = token or uuid.uuid4().hex[:12]
        """Part of the names of the stacks that this check creates; unique."""

    @cached_property
    def manager(self) -> str:
        """The name of the resource manager; the configured value if it cannot be loaded."""
        configured = str(self.conf.resource_manager)
        return self._class.name if self._class else managers.SPELLINGS.get(configured, configured)

    @property
    def needs_heat(self) -> bool:
        """Whether the resource manager needs Heat."""
        return bool(self._class and self._class.needs_heat)

    @property
    def needs_adopt_and_abandon(self) -> bool:
        """Whether Heat must allow the adoption and the abandonment of stacks."""
        return bool(self._class and self._class.needs_adopt_and_abandon)

    @cached_property
    def _class(self) -> type[ResourceManager] | None:
        """The resource manager; None if it cannot be loaded, which a check of its own reports."""
        try:
            return managers.load(str(self.conf.resource_manager))
        except (UnknownManagerError, UnusableManagerError):
            return None

    @cached_property
    def files(self) -> Sequence[Path]:
        """The configuration files that were read."""
        return configuration.files(self.conf)

    def lines(self, option: str) -> list[tuple[Path, str]]:
        """Return the files that set an option of ``[DEFAULT]``, with its value. The option need not be registered.

        oslo.config's own ``get_location`` returns the last file that has the option's group, even if it does not set
        the option.
        """
        found = []
        for file in self.files:
            sections: dict[str, dict[str, list[str]]] = {}
            cfg.ConfigParser(str(file), sections).parse()
            found += [(file, value) for value in sections.get("DEFAULT", {}).get(option, ())]
        return found

    @cached_property
    def database(self) -> sa.Engine:
        """Trove's database. Raises ConfigurationError."""
        return configuration.database(self.conf)

    @cached_property
    def heat(self) -> Orchestration:
        """Heat, with Trove's own credentials; no request has been sent yet. Raises ConfigurationError."""
        # This imports Trove, which takes seconds.
        from trove_resources.plugin.observe import orchestration  # noqa: PLC0415

        return orchestration(ConfigFiles(self.conf.config_file or (), self.conf.config_dirs).read_into)
