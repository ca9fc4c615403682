"""The page of what Trove's own code still asks of the cloud, where the orchestrator does the rest."""

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from trove_lab.demo import job
from trove_lab.demo.lab_job import job_of
from trove_lab.demo.measure import PLUGIN, Meter, of_trove
from trove_lab.demo.steps import Step, StepError
from trove_lab.docs import markdown
from trove_lab.docs.recording import starred
from trove_lab.local.lab import Lab

MANAGER: Final = "orchestrator"
Reads = Mapping[tuple[str, str], list[str]]
"""The steps of the main job by service and request."""

_HEAD = """\
# What Trove itself still asks

This page is generated, by `make docs`, from the main job on a lab with the resource manager `orchestrator`: what
Trove's process asked of the cloud, without what the plug-in asked of Heat and what Heat asked for its part. It is what
stock Trove's own code does before, beside and after a task, in its API and its task manager: the plug-in does not
change it. Nothing of it changes anything but a backup in the object store, which no resource manager has to do with: a
replica is made from one. Tokens are left out; a `*` is an id.
"""


class ChangedError(AssertionError):
    """Somebody beside the plug-in changed something."""


def page() -> str:
    """Return the page. Raises ChangedError, and StepError when a step of the job fails."""
    rows = (
        (service, markdown.code(request), ", ".join(steps)) for (service, request), steps in sorted(reads().items())
    )
    return markdown.page([_HEAD.rstrip()], markdown.table(("service", "request", "in the steps"), rows))


def reads() -> Reads:
    """Run the main job, and return what was asked."""
    found: dict[tuple[str, str], list[str]] = {}
    with tempfile.TemporaryDirectory(prefix="trove-lab-") as directory, Lab(Path(directory), manager=MANAGER) as lab:
        meter, main_job = Meter(lab.control), job_of(lab)
        for result in job.run(main_job, _Silent()):
            if result.error:
                raise StepError(f"{result.name}: {result.error}")
            for entry in of_trove(meter.entries()):
                if entry["user_agent"].startswith(PLUGIN) or entry["path"].endswith("/auth/tokens"):
                    continue
                if entry["method"] not in ("GET", "HEAD") and entry["service"] != "object_store":
                    raise ChangedError(f"{result.name}: {entry['method']} {entry['path']} to {entry['service']}")
                steps = found.setdefault((entry["service"], f"{entry['method']} {starred(entry['path'])}"), [])
                if result.name not in steps:
                    steps.append(result.name)
    return found


class _Silent:
    """Is told how the job goes on, and tells nobody."""

    def started(self, step: Step) -> None:
        """Take no notice."""

    def waiting(self, step: Step, state: str, seconds: float) -> None:
        """Take no notice."""

    def finished(self, result: job.Result) -> None:
        """Take no notice."""
