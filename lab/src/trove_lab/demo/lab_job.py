"""The main job, and the hand-over, in labs: clients, and what they need to know of where they run."""

import tempfile
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from keystoneauth1.identity.v3 import Password
from keystoneauth1.session import Session
from rich.console import Console

from trove_lab.cloud.seed import PASSWORD, USERS, ZONE
from trove_lab.demo import job
from trove_lab.demo.handover import MANAGER, Handover
from trove_lab.demo.progress import Board, ConsoleProgress
from trove_lab.demo.steps import STEPS
from trove_lab.demo.troveclient import Client
from trove_lab.local.control import USER_AGENT
from trove_lab.local.lab import Lab
from trove_lab.local.managers import MANAGERS

SIDE_BY_SIDE = ("stock", "native", "orchestrator")
"""The managers that do the main job; the other one takes a Trove over."""
_LANES = (("stock",), ("native", MANAGER), ("orchestrator",))
"""What runs one after the other, each beside the others: stock Trove sleeps most of its time."""


def outcome_of(manager: str, durations: Mapping[str, float], progress: ConsoleProgress) -> job.Outcome:
    """Run the main job with one manager, or the hand-over to it, in a lab of its own.

    Raises LabError when there can be none.
    """
    begins = "stock" if manager == MANAGER else manager
    progress.say(f"Starting the cloud and an unmodified Trove on it, resource manager: {begins} …")
    with tempfile.TemporaryDirectory(prefix="trove-lab-") as directory, _lab(Path(directory), manager) as lab:
        progress.say(f"They answer after {lab.seconds_to_start:.1f} s.")
        lab.control.post("durations", dict(durations))
        its_job = job_of(lab)
        steps = Handover(lab).steps if manager == MANAGER else STEPS
        try:
            results = list(job.run(its_job, progress, steps))
        finally:
            progress.rest()
        return job.Outcome(manager=manager, results=results, left=job.leftovers(its_job))


def every(durations: Mapping[str, float], console: Console) -> Mapping[str, job.Outcome]:
    """Return the outcomes of all managers, by name; some run beside each other. Raises LabError as above."""
    board, stop, width = Board(console), threading.Event(), max(map(len, MANAGERS)) + 2

    def run(lane: Sequence[str]) -> dict[str, job.Outcome]:
        return {
            name: outcome_of(name, durations, ConsoleProgress(console, label=name.ljust(width), board=board, stop=stop))
            for name in lane
        }

    outcomes: dict[str, job.Outcome] = {}
    with ThreadPoolExecutor(len(_LANES)) as threads:
        try:
            for lane in as_completed([threads.submit(run, lane) for lane in _LANES]):
                outcomes |= lane.result()
        finally:
            # After a failure, or Ctrl-C, the others end at their next word, and their labs with them.
            stop.set()
    return outcomes


def _lab(directory: Path, manager: str) -> Lab:
    """Return a lab, not started; for a hand-over as it is before: stock Trove, and a Heat nobody asks."""
    if manager == MANAGER:
        return Lab(directory, manager="stock", columns=False, heat=MANAGERS[manager].heat)
    return Lab(directory, manager=manager)


def job_of(lab: Lab) -> job.Job:
    """Return the main job for a lab that runs."""
    user, admin = _session(lab, "demo"), _session(lab, "admin")
    flavors = user.get("/flavors/detail", endpoint_filter={"service_type": "compute"}).json()["flavors"]
    return job.Job(
        user=Client(session=user, service_type="database"),
        admin=Client(session=admin, service_type="database"),
        control=lab.control,
        database=lab.database,
        network_id=lab.surroundings.tenant_network_id,
        flavors={flavor["name"]: flavor["id"] for flavor in flavors},
        datastore=("mysql", "8.4"),
        domain=ZONE.rstrip("."),
        unnamed="stock" if lab.manager == "stock" else "native",
    )


def _session(lab: Lab, user: str) -> Session:
    auth = Password(
        auth_url=lab.auth_url,
        username=user,
        password=PASSWORD,
        project_name=USERS[user][0],
        user_domain_id="default",
        project_domain_id="default",
    )
    return Session(auth=auth, user_agent=USER_AGENT)
