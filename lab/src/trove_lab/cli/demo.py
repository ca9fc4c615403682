"""Show the main job, or a Trove that goes over to the plug-in.

Starts a lab of its own, runs every step with the real client, shows what each took and asked of the cloud, and what
the cloud still holds at the end, which must be nothing. The main job: create, resize, reboot, change access, add a
replica, delete. With ``--manager migration`` stock Trove makes two instances, then is started again with the plug-in,
which goes on with them natively and makes two more through Heat. With ``--manager all`` it shows the main job with
each of the others side by side, and then that.
"""

import argparse
import os
from pathlib import Path

from rich.console import Console

from trove_lab.demo.durations import DURATIONS
from trove_lab.local.managers import MANAGERS

ALL = "all"
MAIN_JOB, HANDOVER = "The main job", "A Trove goes over to the plug-in, its instances with it"
WIDE = 120
"""How many characters a line of a table with several managers may have in a file; a terminal has its own width."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "--manager",
        choices=[*sorted(MANAGERS), ALL],
        default="native",
        help="the resource manager to show, by the main job; migration: by a running Trove that goes over to it; all:"
        " every one, side by side, and then that (default: native)",
    )
    parser.add_argument(
        "--durations",
        choices=sorted(DURATIONS),
        default="none",
        help="none: the cloud takes no time; real: it takes what a real one does (default: none)",
    )
    parser.add_argument("--json", type=_writable, metavar="FILE", help="write the result to FILE, too")


def run(arguments: argparse.Namespace) -> int:
    """Run the job and return 0 if every step of every manager did what it should and nothing is left."""
    # They take seconds to import, which help and bad usage need not wait for.
    from trove_lab.demo import report  # noqa: PLC0415
    from trove_lab.demo.handover import MANAGER  # noqa: PLC0415
    from trove_lab.demo.lab_job import SIDE_BY_SIDE, every, outcome_of  # noqa: PLC0415
    from trove_lab.demo.progress import ConsoleProgress  # noqa: PLC0415

    console = Console()
    if arguments.manager in (ALL, MANAGER) and not console.is_terminal:
        console = Console(width=WIDE)
    durations = DURATIONS[arguments.durations]
    if arguments.manager == ALL:
        by_name = every(durations, console)
        outcomes, handover = [by_name[name] for name in SIDE_BY_SIDE], by_name[MANAGER]
        report.compare(console, outcomes)
        console.print()
        report.show(console, handover, HANDOVER)
        result = {
            "managers": [report.as_json(outcome) for outcome in outcomes],
            "handover": report.as_json(handover),
        }
        outcomes.append(handover)
    else:
        outcomes = [outcome_of(arguments.manager, durations, ConsoleProgress(console))]
        report.show(console, outcomes[0], HANDOVER if arguments.manager == MANAGER else MAIN_JOB)
        result = report.as_json(outcomes[0])
    if arguments.json:
        report.write_json(arguments.json, result)
    return 0 if all(outcome.ok for outcome in outcomes) else 1


def _writable(text: str) -> Path:
    path = Path(text)
    if path.is_dir() or not os.access(path if path.exists() else path.parent, os.W_OK):
        raise argparse.ArgumentTypeError(f"{text!r} cannot be written")
    return path
