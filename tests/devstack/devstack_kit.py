"""A stubbed DevStack: its functions record their calls as lines; the option files are real."""

import shlex
import subprocess
from dataclasses import dataclass
from pathlib import Path

PLUGIN = Path(__file__).parents[2] / "devstack"

STUBS = r"""
set -o errexit -o nounset
note() { printf '%s\n' "$*" >> "$CALLS"; }
enable_service() { ENABLED="${ENABLED:-} $1"; }
is_service_enabled() { [[ " ${ENABLED:-} " == *" $1 "* ]]; }
get_python_exec_prefix() { echo "$BIN"; }
echo_summary() { :; }
for each in pip_install pip_uninstall restart_service; do
    eval "$each() { note $each \"\$@\"; }"
done
die() { note die "$2"; exit 1; }
openstack() { note openstack "$@"; echo id-of-public; }
inidelete() { note inidelete "$@"; }
iniset() { note iniset "$@"; }
iniget() { note iniget "$@"; echo "${PLUGIN_DIRS:-}"; }
"""
"""Source: DevStack's functions-common, inc/python and inc/ini-config. DevStack sources plug-ins under errexit."""

COMMAND = """#!/bin/sh
echo "$(basename "$0") $*" >> "$CALLS"
case "$*" in *trove_resources_heat) echo /ours/plugin_dir ;; *check) exit "${CHECK_CODE:-0}" ;; esac
"""


@dataclass(frozen=True, slots=True)
class DevStack:
    """A machine whose DevStack uses our plug-in."""

    folder: Path

    @property
    def conf(self) -> Path:
        """Trove's configuration file."""
        return self.folder / "etc" / "trove" / "trove.conf"

    @property
    def drop_in(self) -> Path:
        """Our drop-in file."""
        return self.conf.parent / "trove.conf.d" / "50-trove-resources.conf"

    def install(self) -> None:
        """Create the commands that exist after an installation."""
        (self.folder / "bin").mkdir()
        for name in ("trove-resources", "trove-resources-status", "python3"):
            command = self.folder / "bin" / name
            command.write_text(COMMAND)
            command.chmod(0o755)

    def run(self, *phase: str, services: str = "trove", code: int = 0, **settings: str) -> list[str]:
        """Source settings and plug-in as DevStack does in a phase. Return the recorded calls, in order."""
        calls = self.folder / "calls"
        calls.write_text("")
        variables = {
            "CALLS": calls,
            "BIN": self.folder / "bin",
            "DEST": "/opt/stack",
            "DATA_DIR": self.folder / "data",
            "ENABLED": services,
            "TROVE_CONF_DIR": self.conf.parent,
            "TROVE_CONF": self.conf,
            "HEAT_CONF": "heat.conf",
            "PUBLIC_NETWORK_NAME": "public",
            "PATH": "/usr/bin:/bin",
            **settings,
        }
        program = f"{STUBS}\nsource {PLUGIN}/settings\nsource {PLUGIN}/plugin.sh {shlex.join(phase)}\n"
        environment = {name: str(value) for name, value in variables.items()}
        ended = subprocess.run(  # noqa: S603 - our own program
            ["/bin/bash", "-c", program], env=environment, capture_output=True, text=True, timeout=30, check=False
        )
        assert ended.returncode == code, ended.stderr
        assert ended.stderr == ""
        return calls.read_text().splitlines()
