"""Show the main job: create, resize, reboot, change access, add a replica, delete.

Starts a lab of its own, runs every step with the real client, shows what each took and asked of the cloud, and what
the cloud still holds at the end, which must be nothing. With ``--manager all`` it does so for every resource manager,
one after the other, and shows them side by side.
"""

import argparse
import os
from pathlib import Path

from rich.console import Console

from trove_lab.demo.durations import DURATIONS
from trove_lab.local.managers import MANAGERS

ALL = "all"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "--manager",
        choices=[*sorted(MANAGERS), ALL],
        default="native",
        help="the resource manager to show; all: every one, side by side (default: native)",
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
    from trove_lab.demo.lab_job import outcome_of  # noqa: PLC0415

    console = Console()
    durations = DURATIONS[arguments.durations]
    if arguments.manager == ALL:
        outcomes = [outcome_of(name, durations, console) for name in MANAGERS]
        report.compare(console, outcomes)
        result = {"managers": [report.as_json(outcome) for outcome in outcomes]}
    else:
        outcomes = [outcome_of(arguments.manager, durations, console)]
        report.show(console, outcomes[0])
        result = report.as_json(outcomes[0])
    if arguments.json:
        report.write_json(arguments.json, result)
    return 0 if all(outcome.ok for outcome in outcomes) else 1


def _writable(text: str) -> Path:
    path = Path(text)
    if path.is_dir() or not os.access(path if path.exists() else path.parent, os.W_OK):
        raise argparse.ArgumentTypeError(f"{text!r} cannot be written")
    return path
