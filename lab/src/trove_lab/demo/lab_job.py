"""Runs the demo in labs of its own, one per manager."""

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
from trove_lab.demo.progress import ConsoleProgress, StatusBoard
from trove_lab.demo.steps import STEPS
from trove_lab.demo.troveclient import Client
from trove_lab.demo.upgrade import MANAGER, Upgrade
from trove_lab.local.control import USER_AGENT
from trove_lab.local.lab import Lab
from trove_lab.local.managers import MANAGERS

SIDE_BY_SIDE = ("stock", "native", "orchestrator")
"""The managers that are compared by the life of an instance. The other one, ``migration``, upgrades a Trove."""
_LANES = (("stock",), ("native", MANAGER), ("orchestrator",))
"""The managers that run in parallel, and in sequence within a lane. Stock Trove sleeps most of its time."""


def outcome_of(manager: str, durations: Mapping[str, float], progress: ConsoleProgress) -> job.Outcome:
    """Run the steps with one manager in a lab of its own. Raises LabError when the lab cannot start."""
    first = "stock" if manager == MANAGER else manager
    progress.print(f"Starting an emulated cloud with an unmodified Trove (resource manager: {first}) …")
    with tempfile.TemporaryDirectory(prefix="trove-lab-") as directory, _lab(Path(directory), manager) as lab:
        progress.print(f"Ready after {lab.seconds_to_start:.1f} s.")
        lab.control.post("durations", dict(durations))
        lab_job = job_of(lab)
        steps = Upgrade(lab).steps if manager == MANAGER else STEPS
        try:
            results = list(job.run(lab_job, progress, steps))
        finally:
            progress.clear()
        return job.Outcome(manager=manager, results=results, left=job.leftovers(lab_job))


def run_all(
    durations: Mapping[str, float], console: Console, recording: Console | None = None
) -> Mapping[str, job.Outcome]:
    """Return the outcomes of all managers by name. Lanes run in parallel. Raises LabError as above."""
    board, stop, width = StatusBoard(console), threading.Event(), max(map(len, MANAGERS)) + 2

    def progress_of(name: str) -> ConsoleProgress:
        return ConsoleProgress(console, label=name.ljust(width), board=board, stop=stop, recording=recording)

    def run(lane: Sequence[str]) -> dict[str, job.Outcome]:
        return {name: outcome_of(name, durations, progress_of(name)) for name in lane}

    outcomes: dict[str, job.Outcome] = {}
    with ThreadPoolExecutor(len(_LANES)) as threads:
        try:
            for lane in as_completed([threads.submit(run, lane) for lane in _LANES]):
                outcomes |= lane.result()
        finally:
            # After a failure or Ctrl-C the other lanes end when they next print, and stop their labs.
            stop.set()
    return outcomes


def _lab(directory: Path, manager: str) -> Lab:
    """Return a lab, not started. For the upgrade it has stock Trove, and a Heat that is not used yet."""
    if manager == MANAGER:
        return Lab(directory, manager="stock", columns=False, heat=MANAGERS[manager].heat)
    return Lab(directory, manager=manager)


def job_of(lab: Lab) -> job.Job:
    """Return the clients and names that the steps need, for a lab that is running."""
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
