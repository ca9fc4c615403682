"""Runs the main job on the lab, by the Python of a release; prints how it went as JSON.

``python main_job_beside.py native|orchestrator FOLDER``. ``steps``: those that went well; ``error``: of the first that
did not; ``left``: what the cloud holds at the end; ``files``: what cloud-init writes on the source's server;
``checks``: what the upgrade check says, by check.
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
    """Tells nobody how it goes."""

    def __getattr__(self, _: str) -> Any:
        return lambda *_arguments, **_more: None


def main(manager: str, folder: str) -> None:
    """Start a lab, do the job, and say how."""
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
    """Return the files that the user data of a server writes; nothing, when there is no server."""
    for server in cloud.compute.servers(all_projects=True):
        config = yaml.safe_load(base64.b64decode(server.user_data))
        return {each["path"]: base64.b64decode(each["content"]).decode() for each in config["write_files"]}
    return {}


def upgrade_check(folder: Path) -> Iterator[tuple[str, Any]]:
    """Make the check for the Trove of a lab."""
    command = Path(sys.executable).with_name("trove-resources-status")
    options = [f"--config-file={folder}/trove.conf", f"--config-dir={folder}/trove.conf.d"]
    ended = subprocess.run(  # noqa: S603 - our own command
        [command, *options, "upgrade", "check", "--json"], capture_output=True, text=True, check=False
    )
    yield from ((each["check"], each) for each in json.loads(ended.stdout)["checks"])


if __name__ == "__main__":
    main(*sys.argv[1:])
