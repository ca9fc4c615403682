"""The page of the results: tables in Markdown, and what their columns mean."""

from collections.abc import Iterable, Sequence

from bench.cloud_time import CLOUD, PATHS
from bench.measurements import Crowd, Report, Step

NAME, PICTURE = "bench.md", "bench.svg"

_ABOUT = """\
# The benchmark

Written by `make bench`, never by hand. It compares the resource managers of the lab, one after the other, each on an
[emulated cloud](minicloud.md) that takes as long as a real one, with an unmodified Trove and simulated guests
([the lab](lab.md)). To repeat it, on a machine that has nothing else to do:

    make bench

To repeat a part, and print this page:

    .venv/bin/python -m bench --managers native --steps create,delete --instances 10
"""

_PICTURE = f"![Seconds by step, and polls a second by number of instances]({PICTURE})"

_COLUMNS = """\
- *cloud*: the seconds of the cloud's own work on the shortest way there is (table below). Nobody can be faster but by
  not waiting for the end.
- *s*: from the request to Trove's API until Trove says that it is done and the database is well. *ratio*: to *cloud*.
- *calls*: requests to the cloud of Trove's process, of task manager and API together. *polls*: those of them that ask
  for the state of servers or volumes, but for lists that look whether one instance has any.
"""

_CROWD_COLUMNS = """\
- *s*: until the last one is done. *polls/s*: on the average; *peak*: in the busiest second.
- *MiB*: the most memory of Trove's process; *CPU s*: its CPU seconds for each instance. It holds trove-api, the task
  manager, the conductor and the simulated guests. The emulated cloud is another process on the same machine.
- *failed*: instances whose task failed; *left*: resources the cloud still holds when all are deleted.
- One instance came and went before, unmeasured: nothing is done for the first time.
- One task manager works on all at once (`executor_thread_pool_size = 128`; Trove's default is 64). Everything shares
  the machine: with many instances it is CPU that is waited for, not the cloud.
"""

_LAB = """\
The lab differs from Trove's defaults where tasks wait: `usage_sleep_time` is 2, not 5, which is to stock Trove's
advantage; `online_volume_resize` is false, as a real cloud asks of it, so the database stops while its volume grows
([why](lab.md#what-runs)). The first replica of a source restarts it.
"""


def render(report: Report) -> str:
    """Return the page."""
    parts = [_ABOUT, f"This run took {report.minutes:.1f} minutes on {report.machine}.", _PICTURE]
    if report.failures:
        parts += ["## What failed", *_bullets(report.failures)]
    if report.steps:
        parts += ["## The main job", _steps(report), _COLUMNS]
    if report.crowds:
        parts += ["## Many instances at once", _crowds(report), _CROWD_COLUMNS]
    parts += ["## How long the cloud takes", _durations(), _paths(), _LAB]
    return "\n\n".join(part.strip("\n") for part in parts) + "\n"


def _bullets(sentences: Iterable[str]) -> Sequence[str]:
    return ["\n".join(f"- {' '.join(sentence.split())}" for sentence in sentences)]


def _steps(report: Report) -> str:
    managers = list(dict.fromkeys(each.manager for each in report.steps))
    found = {(each.task, each.manager): each for each in report.steps}
    heading = ["step", "cloud", *(cell for name in managers for cell in (f"{name}: s", "ratio", "calls", "polls"))]
    rows = []
    for task in _in_order(each.task for each in report.steps):
        cells = [cell for name in managers for cell in _step(found.get((task, name)))]
        cloud = next(each.cloud_seconds for each in report.steps if each.task == task)
        rows.append([task, f"{cloud:.0f}", *cells])
    return _table(heading, rows)


def _step(step: Step | None) -> Sequence[str]:
    if step is None:
        return ("not run", "", "", "")
    if step.error:
        return (f"**failed** after {step.seconds:.1f}", "", str(step.calls), str(step.status_reads))
    return (f"{step.seconds:.1f}", _ratio(step.seconds, step.cloud_seconds), str(step.calls), str(step.status_reads))


def _crowds(report: Report) -> str:
    heading = [
        "task",
        "instances",
        "cloud",
        "manager",
        "s",
        "ratio",
        "calls",
        "polls",
        "polls/s",
        "peak",
        "MiB",
        "CPU s",
    ]
    tasks, managers = list(PATHS), list(report.managers)

    def place(crowd: Crowd) -> tuple[int, int, int]:
        return tasks.index(crowd.task), crowd.instances, managers.index(crowd.manager)

    rows = [_crowd(each) for each in sorted(report.crowds, key=place)]
    return _table([*heading, "failed", "left"], rows)


def _crowd(crowd: Crowd) -> Sequence[str]:
    return (
        crowd.task,
        str(crowd.instances),
        f"{crowd.cloud_seconds:.0f}",
        crowd.manager,
        f"{crowd.seconds:.1f}",
        "" if crowd.failed else _ratio(crowd.seconds, crowd.cloud_seconds),
        str(crowd.calls),
        str(crowd.status_reads),
        f"{polls_a_second(crowd):.1f}",
        str(crowd.peak),
        f"{crowd.memory:.0f}",
        f"{crowd.cpu_seconds / crowd.instances:.2f}",
        f"**{crowd.failed}**" if crowd.failed else "0",
        str(crowd.left) if crowd.task == "delete" else "",
    )


def polls_a_second(crowd: Crowd) -> float:
    """Return how often the state of servers and volumes was asked for in a second, on the average."""
    return crowd.status_reads / crowd.seconds if crowd.seconds else 0.0


def _durations() -> str:
    rows = [[f"`{name}`", f"{each.seconds:g}", each.why] for name, each in CLOUD.items()]
    return _table(["duration", "s", "why"], rows)


def _paths() -> str:
    rows = []
    for task, path in PATHS.items():
        terms = " + ".join(f"`{name}` {CLOUD[name].seconds:g}" for name in path)
        rows.append([task, f"{sum(CLOUD[name].seconds for name in path):g}", terms or "nothing that takes time"])
    return _table(["step", "cloud", "passes through"], rows)


def _ratio(seconds: float, cloud: float) -> str:
    return f"{seconds / cloud:.2f}" if cloud else ""


def _in_order(tasks: Iterable[str]) -> Sequence[str]:
    given = set(tasks)
    return [task for task in PATHS if task in given]


def _table(heading: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [heading, ["---"] * len(heading), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines)
