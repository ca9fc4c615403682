"""The command ``trove-resources-status``: oslo.upgradecheck's interface, with our checks of Trove's configuration."""

import logging
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

from oslo_config import cfg
from oslo_upgradecheck import upgradecheck
from oslo_upgradecheck.upgradecheck import Code

from trove_resources import __version__
from trove_resources.cli import configuration
from trove_resources.cli.status import database, heat, options, release, report, task_log
from trove_resources.cli.status.checks import Check, DatabaseCheck, HeatCheck
from trove_resources.cli.status.site import Site
from trove_resources.errors import ConfigurationError
from trove_resources.flows.clock import Clock

NAME: Final = "trove-resources-status"
NOT_CHECKED: Final = 255
"""The exit code when nothing was checked; else it is the code of the worst result, 0, 1 or 2."""

CHECKS: Final = (
    Check("Release of Trove", release.trove),
    DatabaseCheck("Columns of Trove's database", database.columns),
    DatabaseCheck("Engines of instances", database.engines),
    Check("Task manager", options.task_manager),
    Check("Resource manager", options.resource_manager),
    Check("Drop-in", options.drop_in),
    Check("use_heat", options.use_heat),
    Check("Task log", task_log.writable),
    HeatCheck("Heat: create, abandon, adopt, delete", heat.stacks_can_be_made),
    HeatCheck("Heat: rules of security groups", heat.rules),
    HeatCheck("Heat: the plug-in's types", heat.plug_in),
    HeatCheck("Heat: types of stacks", heat.types_of_stacks),
    HeatCheck("Heat: number of stacks", heat.number_of_stacks),
)
"""In the order in which their results are printed."""

EPILOG: Final = (
    "Exit codes: 0 success; 1 at least one warning; 2 at least one failure, or bad usage; 255 nothing was checked: no "
    "configuration of Trove was found, or it cannot be read."
)


def main(argv: Sequence[str] | None = None, *, clock: Clock | None = None) -> int:
    """Run the command and return its exit code. Bad usage exits with 2."""
    conf = cfg.ConfigOpts()
    configuration.register(conf)
    conf.register_opt(options.TASK_MANAGER)
    conf.register_cli_opt(_command(Site(conf, clock=clock)))
    try:
        _read(conf, list(sys.argv[1:] if argv is None else argv))
    except ConfigurationError as error:
        sys.stderr.write(f"{NAME}: {error}\n")
        return NOT_CHECKED
    with _errors_alone():
        return int(upgradecheck.run(conf))


def check(site: Site) -> Code:
    """Run all checks, print their results, and return the worst code."""
    results = [(each.name, each.run(site)) for each in CHECKS]
    render = report.as_json if site.conf.command.json else report.as_table
    sys.stdout.write(f"{render(results)}\n")
    return max(result.code for _, result in results)


def _command(site: Site) -> cfg.SubCommandOpt:
    def declare(subparsers: Any) -> None:
        parser = subparsers.add_parser(
            "upgrade",
            help="check whether this deployment is ready for trove-resources",
            description="Check whether this deployment is ready for trove-resources. Run it as the user that "
            "trove-taskmanager runs as.",
            epilog=EPILOG,
        )
        parser.add_argument("check", choices=["check"], help="run all checks")
        parser.add_argument("--json", action="store_true", help="print the results as JSON instead of a table")
        parser.set_defaults(action_fn=lambda: check(site))

    return cfg.SubCommandOpt("command", title="commands", handler=declare)


def _read(conf: cfg.ConfigOpts, arguments: list[str]) -> None:
    """Parse the arguments, and read the configuration where trove-taskmanager does. Raise ConfigurationError."""
    with configuration.reading(conf):
        try:
            conf(
                arguments,
                project=configuration.PROJECT,
                prog=NAME,
                version=__version__,
                default_config_files=cfg.find_config_files(configuration.PROJECT, configuration.PROGRAM),
                default_config_dirs=cfg.find_config_dirs(configuration.PROJECT, configuration.PROGRAM),
            )
        except FileNotFoundError as error:
            # An option of oslo.config's own, whose releases lack the templates.
            raise ConfigurationError(
                f"--shell_completion is not available: this oslo.config lacks the file {error.filename}"
            ) from error
    if not configuration.files(conf):
        directories = ", ".join(map(str, conf.config_dirs))
        raise ConfigurationError(f"no configuration file in {directories}" if directories else configuration.NOT_FOUND)


@contextmanager
def _errors_alone() -> Iterator[None]:
    """Log errors to the console. Warnings of libraries, such as Trove's options, are not results of a check."""
    root, console = logging.getLogger(), logging.StreamHandler()
    console.setLevel(logging.ERROR)
    root.addHandler(console)
    try:
        yield
    finally:
        root.removeHandler(console)
