"""What the checks look at: a Trove's configuration, its database, and Heat."""

import uuid
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import sqlalchemy as sa
from oslo_config import cfg
from sqlalchemy.pool import NullPool

from trove_resources import managers
from trove_resources.cli import configuration
from trove_resources.clouds import Orchestration
from trove_resources.errors import UnknownManagerError, UnusableManagerError
from trove_resources.flows.clock import Clock, SystemClock

NEED_HEAT = ("orchestrator", "migration")
"""The resource managers that work through Heat."""


class Site:
    """A Trove, by a configuration that has been read. What costs a request is asked for when it is first needed."""

    def __init__(self, conf: cfg.ConfigOpts, *, clock: Clock | None = None, token: str = "") -> None:
        self.conf = conf
        self.clock = clock or SystemClock()
        self.token = token or uuid.uuid4().hex[:12]
        """What tells the stacks of this check from those of any other."""

    @cached_property
    def manager(self) -> str:
        """The resource manager, by its own name; by what it is called in the configuration, if it cannot be loaded."""
        named = str(self.conf.resource_manager)
        try:
            return managers.load(named).name
        except (UnknownManagerError, UnusableManagerError):
            return managers.SPELLINGS.get(named, named)

    @property
    def needs_heat(self) -> bool:
        """Whether the resource manager works through Heat."""
        return self.manager in NEED_HEAT

    @cached_property
    def files(self) -> Sequence[Path]:
        """The configuration files that were read."""
        named = [Path(each).expanduser() for each in self.conf.config_file or ()]
        dropped = [file for each in self.conf.config_dirs for file in sorted(Path(each).expanduser().glob("*.conf"))]
        return [*named, *dropped]

    def lines(self, option: str) -> list[tuple[Path, str]]:
        """Return which files set an option of ``[DEFAULT]``, and to what. It need not be one that anybody knows.

        oslo.config's own ``get_location`` names the last file that has the option's group, whether it sets it or not.
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
        return sa.create_engine(configuration.database_url(self.conf), poolclass=NullPool)

    @cached_property
    def heat(self) -> Orchestration:
        """Heat, for Trove's own credentials. Nothing has been asked yet. Raises ConfigurationError."""
        # Trove comes with it, which takes seconds to import.
        from trove_resources.plugin.observe import orchestration  # noqa: PLC0415

        given = self.conf.config_file or (), self.conf.config_dirs
        return orchestration(lambda conf: configuration.read_into(conf, *given))
