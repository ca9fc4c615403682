"""Show the main job: create, resize, reboot, change access, add a replica, delete.

Starts a lab of its own, runs every step with the real client, shows what each took and asked of the cloud, and what
the cloud still holds at the end, which must be nothing.
"""

import argparse
import os
import tempfile
from pathlib import Path

from keystoneauth1.identity.v3 import Password
from keystoneauth1.session import Session
from rich.console import Console

from trove_lab.cloud.seed import PASSWORD, USERS, ZONE
from trove_lab.demo import job, report
from trove_lab.demo.troveclient import Client
from trove_lab.local.control import USER_AGENT
from trove_lab.local.lab import Lab
from trove_lab.local.managers import MANAGERS

DURATIONS: dict[str, dict[str, float]] = {
    "none": {},
    "real": {"volume.create": 4.0, "server.build": 15.0, "server.resize": 12.0, "server.reboot": 6.0},
}
"""How long the cloud takes, in seconds; what is not named takes no time."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--manager", choices=sorted(MANAGERS), default="stock", help="the resource manager to show")
    parser.add_argument(
        "--durations",
        choices=sorted(DURATIONS),
        default="none",
        help="none: the cloud takes no time; real: it takes what a real one does",
    )
    parser.add_argument("--json", type=_writable, metavar="FILE", help="write the result to FILE, too")


def run(arguments: argparse.Namespace) -> int:
    """Run the job and return 0 if every step did what it should and nothing is left."""
    console = Console()
    console.print("Starting the cloud and an unmodified Trove on it …")
    with (
        tempfile.TemporaryDirectory(prefix="trove-lab-") as directory,
        Lab(Path(directory), manager=arguments.manager) as lab,
    ):
        console.print(f"Both answer after {lab.seconds_to_start:.1f} s.")
        lab.control.post("durations", DURATIONS[arguments.durations])
        main_job = _main_job(lab)
        results = list(job.run(main_job, report.ConsoleProgress(console)))
        left = job.leftovers(main_job)
    report.show(console, arguments.manager, results, left)
    if arguments.json:
        report.write_json(arguments.json, arguments.manager, results, left)
    return 0 if all(result.ok for result in results) and not left else 1


def _writable(text: str) -> Path:
    path = Path(text)
    if path.is_dir() or not os.access(path if path.exists() else path.parent, os.W_OK):
        raise argparse.ArgumentTypeError(f"{text!r} cannot be written")
    return path


def _main_job(lab: Lab) -> job.Job:
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
