"""The text that ``trove-lab up`` prints once the lab is ready: where everything is, and commands to try."""

import sys
from pathlib import Path
from shlex import quote

from trove_lab.local.lab import Lab
from trove_lab.local.managers import manager_of

_INDENT = "  "


def instructions(lab: Lab) -> str:
    """Return the text for a lab that is running. The indented block works when it is pasted into a shell as a whole."""
    block = "\n".join(f"{_INDENT}{line}" if line else "" for line in _block(lab))
    return f"""\
Ready after {lab.seconds_to_start:.1f} s. Resource manager: {lab.manager} ({manager_of(lab.manager).description})

Cloud  {lab.cloud_url} (its resources: curl {lab.cloud_url}/_control/inventory)
Trove  {lab.trove_url}
Heat   {lab.heat_url}
Files  {lab.directory} (configuration, logs, databases, clouds.yaml)

Paste this into another shell, as a whole or line by line. wait_for prints the status of an instance until Trove has
finished its task.

{block}

clouds.yaml has the users admin, demo and alt, and trove, the service user.
Press Ctrl-C to stop everything."""


def _block(lab: Lab) -> list[str]:
    """Return shell commands from the creation of an instance to its deletion.

    The Trove client has no ``--wait``, so the block defines a function that waits. It returns once Trove shows the
    instance as ACTIVE or ERROR, or no longer shows it. Comments are in the text above the block: an interactive zsh
    does not accept them.
    """
    clouds, conf, conf_d = (quote(str(path)) for path in (lab.clouds_yaml, lab.config_file, lab.config_directory))
    network = lab.surroundings.tenant_network_id
    return [
        f'export PATH={quote(str(Path(sys.executable).parent))}:"$PATH"',
        f"export OS_CLIENT_CONFIG_FILE={clouds} OS_CLOUD=demo",
        "wait_for() {",
        '  while openstack database instance show "$1" -f value -c status 2>/dev/null | grep -v -e ACTIVE -e ERROR',
        "  do sleep 1; done",
        "}",
        "openstack database instance create db1 --flavor m1.small --size 5 \\",
        f"  --datastore mysql --datastore-version 8.4 --nic net-id={network}",
        "wait_for db1",
        "openstack database instance resize volume db1 7",
        "wait_for db1",
        "openstack database instance resize flavor db1 m1.medium",
        "wait_for db1",
        "openstack database instance restart db1",
        "wait_for db1",
        "openstack database instance show db1",
        *(["openstack --os-cloud trove stack list"] if manager_of(lab.manager).heat else []),
        f"trove-resources --config-file {conf} --config-dir {conf_d} instance list",
        "openstack database instance delete db1",
        "wait_for db1",
        "openstack database instance list",
    ]
