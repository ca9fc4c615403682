"""Compare the resource managers of the lab on an emulated cloud that takes as long as a real one.

Each manager first runs the main job step by step. Then it runs each number of instances: they are created at the same
time, resized and rebooted if they are few, and deleted. This takes about ten minutes per manager. Run it on a machine
that is otherwise idle.
"""

import argparse
import os
import sys
from collections.abc import Collection, Sequence
from pathlib import Path

from bench import page
from bench.cloud_time import PATHS
from bench.measurements import Report, dump, load
from trove_lab.local.managers import MANAGERS

INSTANCES = (10, 100)
MOST = 200
"""The most instances at once that fit the lab's hosts and networks, and Trove's limits there."""
NONE = "none"
INTERRUPTED = 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run the benchmark. Return 0, 1 if something failed, or 130 if interrupted. Wrong usage exits with 2."""
    arguments = _parser().parse_args(argv)
    try:
        report = arguments.measured or _measure(arguments)
    except KeyboardInterrupt:
        return INTERRUPTED
    if arguments.json:
        arguments.json.write_text(dump(report), encoding="utf-8")
    if arguments.output:
        _write(report, arguments.output)
    else:
        sys.stdout.write(page.render(report))
    return 1 if report.failures else 0


def _measure(arguments: argparse.Namespace) -> Report:
    # The lab takes seconds to import, which --help and wrong usage need not wait for. So does matplotlib.
    from rich.console import Console  # noqa: PLC0415

    from bench.run import Plan, Run  # noqa: PLC0415

    plan = Plan(managers=arguments.managers, steps=arguments.steps, instances=arguments.instances)
    return Run(plan, Console(stderr=True)).measure()


def _write(report: Report, directory: Path) -> None:
    from bench import plot  # noqa: PLC0415

    (directory / page.NAME).write_text(page.render(report), encoding="utf-8")
    (directory / page.PICTURE).write_text(plot.render(report), encoding="utf-8")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--managers",
        type=_managers,
        default=tuple(MANAGERS),
        metavar="NAME,...",
        help=f"the resource managers to measure (default: {','.join(MANAGERS)})",
    )
    parser.add_argument(
        "--steps",
        type=_steps,
        default=tuple(PATHS),
        metavar="STEP,...",
        help=f"the steps of the main job to measure, or {NONE}: {', '.join(map(_hyphened, PATHS))} "
        "(default: all); steps that a chosen step depends on run as well, but are not shown",
    )
    parser.add_argument(
        "--instances",
        type=_instances,
        default=INSTANCES,
        metavar="N,...",
        help=f"how many instances to run at once, or {NONE} (default: {','.join(map(str, INSTANCES))})",
    )
    parser.add_argument(
        "--output",
        type=_directory,
        metavar="DIR",
        help=f"write {page.NAME} and {page.PICTURE} to DIR, instead of the page to standard output",
    )
    parser.add_argument("--json", type=_writable, metavar="FILE", help="also write the measurements to FILE")
    parser.add_argument(
        "--from",
        dest="measured",
        type=_measured,
        metavar="FILE",
        help="do not measure, but show the measurements that --json wrote to FILE",
    )
    return parser


def _managers(text: str) -> Sequence[str]:
    return _names(text, MANAGERS)


def _steps(text: str) -> Sequence[str]:
    known = {_hyphened(name): name for name in PATHS}
    return () if text == NONE else [known[name] for name in _names(text.replace(" ", "-"), known)]


def _instances(text: str) -> Sequence[int]:
    if text == NONE:
        return ()
    given = text.split(",")
    if not all(each.isascii() and each.isdigit() and 1 <= int(each) <= MOST for each in given):
        raise argparse.ArgumentTypeError(
            f"{text!r} is neither a list of numbers from 1 to {MOST}, such as 1,10, nor {NONE}"
        )
    return sorted({int(each) for each in given})


def _names(text: str, known: Collection[str]) -> Sequence[str]:
    """Return the names in a comma-separated list, in the order of the known names."""
    given = text.split(",")
    unknown = [each for each in given if each not in known]
    if unknown:
        raise argparse.ArgumentTypeError(f"{unknown[0]!r} is not one of {', '.join(known)}")
    return [name for name in known if name in given]


def _hyphened(name: str) -> str:
    return name.replace(" ", "-")


def _directory(text: str) -> Path:
    path = Path(text)
    if not (path.is_dir() and os.access(path, os.W_OK)):
        raise argparse.ArgumentTypeError(f"{text!r} is not a writable directory")
    return path


def _writable(text: str) -> Path:
    path = Path(text)
    if path.is_dir() or not os.access(path if path.exists() else path.parent, os.W_OK):
        raise argparse.ArgumentTypeError(f"{text!r} is not writable")
    return path


def _measured(text: str) -> Report:
    try:
        return load(Path(text).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise argparse.ArgumentTypeError(f"{text!r} cannot be read: {error}") from error


if __name__ == "__main__":
    sys.exit(main())
