"""The results as a picture: seconds by step, and polls per second by number of instances."""

import io
from collections.abc import Sequence
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bench.cloud_time import PATHS, cloud_seconds
from bench.measurements import Report
from bench.page import polls_per_second

_CLOUD = "#b0b0b0"
_MANAGERS = ("#d95f02", "#1b9e77", "#7570b3", "#e7298a")
"""Colors that people with color blindness can distinguish."""
_STYLE: dict[Any, Any] = {
    # Text stays text, and the same results give the same file.
    "svg.fonttype": "none",
    "svg.hashsalt": "trove-resources",
    "font.size": 9.0,
    "axes.spines.top": False,
    "axes.spines.right": False,
}


def render(report: Report) -> str:
    """Return the picture, as SVG."""
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(11, 4.2), layout="constrained")
        left, right = figure.subplots(1, 2, width_ratios=(3, 2))
        _steps(left, report)
        _polls(right, report)
        written = io.StringIO()
        figure.savefig(written, format="svg", metadata={"Date": None, "Creator": None})
    return "\n".join(line.rstrip() for line in written.getvalue().splitlines()) + "\n"


def _steps(axes: Axes, report: Report) -> None:
    """Draw a group of bars for each step: the cloud's own seconds, then one bar per manager."""
    tasks = [task for task in PATHS if any(each.task == task for each in report.steps)]
    managers = _managers(report)
    width = 0.8 / (len(managers) + 1)
    axes.bar(
        _places(len(tasks), 0, width), [cloud_seconds(task) for task in tasks], width, color=_CLOUD, label="the cloud"
    )
    for number, (manager, color) in enumerate(managers, start=1):
        found = {each.task: each for each in report.steps if each.manager == manager}
        here = [
            (place, found[task])
            for place, task in zip(_places(len(tasks), number, width), tasks, strict=True)
            if task in found
        ]
        axes.bar([place for place, _ in here], [step.seconds for _, step in here], width, color=color, label=manager)
        for place, step in here:
            if step.error:
                axes.text(place, 0, " failed", rotation=90, ha="center", va="bottom", fontsize=8)
    axes.set_title("Main job: seconds by step", loc="left")
    axes.set_xticks(range(len(tasks)), [task.replace(" ", "\n") for task in tasks])
    axes.set_ylabel("seconds")
    axes.legend(frameon=False)


def _polls(axes: Axes, report: Report) -> None:
    """Draw two lines for each manager: the average and the peak polls per second of concurrent creates."""
    for manager, color in _managers(report):
        crowds = [each for each in report.crowds if each.manager == manager and each.task == "create"]
        crowds.sort(key=lambda each: each.instances)
        numbers = [each.instances for each in crowds]
        mean = [polls_per_second(each) for each in crowds]
        axes.plot(numbers, mean, marker="o", color=color, label=manager)
        axes.plot(numbers, [each.peak for each in crowds], marker=".", ls=":", color=color, label=f"{manager}, peak")
        for each, polls in zip(crowds, mean, strict=True):
            if each.failed:
                axes.annotate(f"{each.failed} failed", (each.instances, polls), fontsize=8)
    numbers = sorted({each.instances for each in report.crowds})
    axes.set_xscale("log")
    axes.set_yscale("symlog", linthresh=1)
    axes.yaxis.set_major_formatter("{x:g}")
    axes.set_xticks(numbers, [str(number) for number in numbers])
    axes.minorticks_off()
    axes.set_title("Concurrent creates: polls per second", loc="left")
    axes.set_xlabel("instances")
    axes.set_ylim(bottom=0)
    if numbers:
        axes.legend(frameon=False)


def _managers(report: Report) -> Sequence[tuple[str, str]]:
    return [(name, _MANAGERS[number % len(_MANAGERS)]) for number, name in enumerate(report.managers)]


def _places(groups: int, number: int, width: float) -> Sequence[float]:
    """Return the positions of one series of bars, in groups around 0, 1, 2 …."""
    return [group - 0.4 + width * (number + 0.5) for group in range(groups)]
