"""Runs the main job on the lab, in the environment of a release, and prints the outcome as JSON.

``python main_job_beside.py native|orchestrator FOLDER``. ``steps`` are the steps that succeeded, ``error`` is that of
the first step that failed, ``left`` is what the cloud holds at the end, ``files`` are those that cloud-init writes on
the source's server, ``checks`` are the results of the upgrade check by check.
"""

import base64
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from openstack.config import OpenStackConfig
from openstack.connection import Connection

from trove_lab.demo import job
from trove_lab.demo.lab_job import job_of
from trove_lab.demo.steps import STEPS
from trove_lab.local.lab import Lab


class Silent:
    """Ignores the progress of the job."""

    def __getattr__(self, _: str) -> Any:
        return lambda *_arguments, **_more: None


def main(manager: str, folder: str) -> None:
    """Start a lab, run the job, and print the outcome."""
    files: dict[str, str] = {}
    results: list[job.Result] = []
    with Lab(Path(folder), manager=manager) as lab:
        cloud = Connection(config=OpenStackConfig(config_files=[str(lab.clouds_yaml)]).get_one("admin"))
        checks = dict(upgrade_check(Path(folder)))
        its_job = job_of(lab)
        for result in job.run(its_job, Silent(), STEPS):
            results.append(result)
            files = files or written(cloud)
        left = job.leftovers(its_job)
    steps = [each.name for each in results if not each.error]
    error = next((each.error for each in results if each.error), None)
    print(json.dumps({"steps": steps, "error": error, "left": left, "files": files, "checks": checks}))  # noqa: T201


def written(cloud: Connection) -> dict[str, str]:
    """Return the files that the user data of a server writes. Without a server, there are none."""
    for server in cloud.compute.servers(all_projects=True):
        config = yaml.safe_load(base64.b64decode(server.user_data))
        return {each["path"]: base64.b64decode(each["content"]).decode() for each in config["write_files"]}
    return {}


def upgrade_check(folder: Path) -> Iterator[tuple[str, Any]]:
    """Run the upgrade check for the Trove of a lab."""
    command = Path(sys.executable).with_name("trove-resources-status")
    options = [f"--config-file={folder}/trove.conf", f"--config-dir={folder}/trove.conf.d"]
    ended = subprocess.run(  # noqa: S603 - our own command
        [command, *options, "upgrade", "check", "--json"], capture_output=True, text=True, check=False
    )
    yield from ((each["check"], each) for each in json.loads(ended.stdout)["checks"])


if __name__ == "__main__":
    main(*sys.argv[1:])
