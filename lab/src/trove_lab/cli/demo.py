"""Show the life of a database instance, and the upgrade of a running Trove to the plug-in.

Starts labs of its own, runs every step through the Trove client, prints how long each took and how many requests it
sent to the cloud, and lists what is left in the cloud at the end, which must be nothing. The life of an instance:
create, resize, reboot, change access, add a replica, delete. With ``--manager migration`` stock Trove creates two
instances and is then restarted with the plug-in, which manages these natively and creates two more through Heat. With
``--manager all`` the other managers run the life of an instance side by side, and then comes the upgrade.
"""

import argparse
import os
from pathlib import Path

from rich.console import Console

from trove_lab.demo.durations import DURATIONS
from trove_lab.local.managers import MANAGERS

ALL = "all"
WIDE = 120
"""The line width for several managers when the output is not a terminal."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``trove-lab demo`` to its parser."""
    parser.add_argument(
        "--manager",
        choices=[*sorted(MANAGERS), ALL],
        default="native",
        help="the resource manager to show by the life of an instance; migration: by the upgrade of a running Trove;"
        " all: every manager, side by side (default: native)",
    )
    parser.add_argument(
        "--durations",
        choices=sorted(DURATIONS),
        default="none",
        help="how long the cloud takes for its operations; none: no time; real: as long as a real cloud"
        " (default: none)",
    )
    parser.add_argument("--json", type=_writable, metavar="FILE", help="also write the results to FILE as JSON")
    parser.add_argument("--svg", type=_writable, metavar="FILE", help="also write the output to FILE as an SVG image")


def run(arguments: argparse.Namespace) -> int:
    """Run the demo. Return 0 if every step of every manager succeeded and nothing is left in the cloud."""
    # Importing these takes seconds: help and usage errors must not wait for that.
    from trove_lab.demo import report  # noqa: PLC0415
    from trove_lab.demo.lab_job import SIDE_BY_SIDE, outcome_of, run_all  # noqa: PLC0415
    from trove_lab.demo.progress import ConsoleProgress  # noqa: PLC0415
    from trove_lab.demo.recording import recording, write_svg  # noqa: PLC0415
    from trove_lab.demo.upgrade import MANAGER  # noqa: PLC0415

    console = Console(highlight=False)
    if arguments.manager in (ALL, MANAGER) and not console.is_terminal:
        console = Console(highlight=False, width=WIDE)
    recorded = recording(console.width) if arguments.svg else None
    consoles = [each for each in (console, recorded) if each]
    durations = DURATIONS[arguments.durations]
    if arguments.manager == ALL:
        by_name = run_all(durations, console, recorded)
        outcomes, upgrade = [by_name[name] for name in SIDE_BY_SIDE], by_name[MANAGER]
        for each in consoles:
            each.print()
            report.compare(each, outcomes)
            each.print()
            report.show(each, upgrade, report.UPGRADE)
        result = {
            "managers": [report.as_json(outcome) for outcome in outcomes],
            "handover": report.as_json(upgrade),
        }
        outcomes.append(upgrade)
    else:
        progress = ConsoleProgress(console, recording=recorded)
        outcomes = [outcome_of(arguments.manager, durations, progress)]
        for each in consoles:
            each.print()
            report.show(each, outcomes[0], report.UPGRADE if arguments.manager == MANAGER else report.LIFE)
        result = report.as_json(outcomes[0])
    if arguments.json:
        report.write_json(arguments.json, result)
    if recorded:
        write_svg(arguments.svg, recorded, f"trove-lab demo --manager {arguments.manager}")
    return 0 if all(outcome.ok for outcome in outcomes) else 1


def _writable(text: str) -> Path:
    path = Path(text)
    if path.is_dir() or not os.access(path if path.exists() else path.parent, os.W_OK):
        raise argparse.ArgumentTypeError(f"{text!r} cannot be written")
    return path
