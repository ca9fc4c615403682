"""The command: oslo.upgradecheck's, with our checks, on Trove's configuration."""

import logging
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from oslo_config import cfg
from oslo_db.options import database_opts
from oslo_upgradecheck import upgradecheck
from oslo_upgradecheck.upgradecheck import UpgradeCommands

from trove_resources import __version__
from trove_resources import conf as our_conf
from trove_resources.cli import configuration
from trove_resources.cli.status import database, heat, options, release
from trove_resources.cli.status.site import Site
from trove_resources.flows.clock import Clock

NAME: Final = "trove-resources-status"
BROKEN: Final = 255
"""The exit code when nothing could be checked; a check's are 0, all well, 1, a warning, and 2, a failure."""

CHECKS: Final = (
    ("Release of Trove", release.trove),
    ("Columns of Trove's database", database.columns),
    ("Engines of instances", database.engines),
    ("Task manager", options.task_manager),
    ("Resource manager", options.resource_manager),
    ("Drop-in", options.drop_in),
    ("use_heat", options.use_heat),
    ("Heat: create, abandon, adopt, delete", heat.stacks_can_be_made),
    ("Heat: rules of security groups", heat.rules),
    ("Heat: the plug-in's types", heat.plug_in),
    ("Heat: types of stacks", heat.types_of_stacks),
    ("Heat: number of stacks", heat.number_of_stacks),
)
"""In the order in which they are told."""


def main(argv: Sequence[str] | None = None, *, clock: Clock | None = None) -> int:
    """Run the command and return its exit code; bad usage exits with 2."""
    conf = cfg.ConfigOpts()
    our_conf.register(conf)
    conf.register_opts(database_opts, group="database")
    conf.register_opt(options.TASK_MANAGER)
    site = Site(conf, clock=clock)
    upgradecheck.register_cli_options(conf, commands(site))
    # There is no other way to tell it that --json is among its options.
    upgradecheck.CONF = conf
    try:
        conf(
            list(sys.argv[1:] if argv is None else argv),
            project=configuration.PROJECT,
            prog=NAME,
            version=__version__,
            # Where trove-taskmanager finds its own: it is where the resource manager runs.
            default_config_files=cfg.find_config_files(configuration.PROJECT, configuration.PROGRAM),
            default_config_dirs=cfg.find_config_dirs(configuration.PROJECT, configuration.PROGRAM),
        )
    except cfg.Error as error:
        sys.stderr.write(f"{NAME}: {' '.join(str(error).split())}\n")
        return BROKEN
    with _errors_alone():
        return int(upgradecheck.run(conf))


@contextmanager
def _errors_alone() -> Iterator[None]:
    """Log errors to the console. What libraries warn of, such as options of Trove's, is no result of a check."""
    root, console = logging.getLogger(), logging.StreamHandler()
    console.setLevel(logging.ERROR)
    root.addHandler(console)
    try:
        yield
    finally:
        root.removeHandler(console)


def commands(site: Site) -> UpgradeCommands:
    """Return the checks of a site, as oslo.upgradecheck wants them."""

    class Commands(UpgradeCommands):
        """It hands each check itself, which has nothing to say here."""

        display_title = "Upgrade check of trove-resources"
        _upgrade_checks = tuple((name, lambda _, check=check: check(site)) for name, check in CHECKS)

    return Commands()
