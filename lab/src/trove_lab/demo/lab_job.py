"""The main job in a lab: its clients, and what it needs to know of where it runs."""

import tempfile
from collections.abc import Mapping
from pathlib import Path

from keystoneauth1.identity.v3 import Password
from keystoneauth1.session import Session
from rich.console import Console

from trove_lab.cloud.seed import PASSWORD, USERS, ZONE
from trove_lab.demo import job
from trove_lab.demo.report import ConsoleProgress
from trove_lab.demo.troveclient import Client
from trove_lab.local.control import USER_AGENT
from trove_lab.local.lab import Lab


def outcome_of(manager: str, durations: Mapping[str, float], console: Console) -> job.Outcome:
    """Run the main job with one manager, in a lab of its own. Raises LabError when there can be none."""
    console.print(f"Starting the cloud and an unmodified Trove on it, resource manager: {manager} …")
    with tempfile.TemporaryDirectory(prefix="trove-lab-") as directory, Lab(Path(directory), manager=manager) as lab:
        console.print(f"Both answer after {lab.seconds_to_start:.1f} s.")
        lab.control.post("durations", dict(durations))
        main_job = job_of(lab)
        results = list(job.run(main_job, ConsoleProgress(console)))
        return job.Outcome(manager=manager, results=results, left=job.leftovers(main_job))


def job_of(lab: Lab) -> job.Job:
    """Return the main job for a lab that runs."""
    user, admin = _session(lab, "demo"), _session(lab, "admin")
    flavors = user.get("/flavors/detail", endpoint_filter={"service_type": "compute"}).json()["flavors"]
    return job.Job(
        user=Client(session=user, service_type="database"),
        admin=Client(session=admin, service_type="database"),
        control=lab.control,
        database=lab.trove_database,
        network_id=lab.surroundings.tenant_network_id,
        flavors={flavor["name"]: flavor["id"] for flavor in flavors},
        datastore=("mysql", "8.4"),
        domain=ZONE.rstrip("."),
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
