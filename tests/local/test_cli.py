"""The command ``trove-lab``, run as by a shell."""

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

COMMAND = Path(sys.executable).parent / "trove-lab"


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command until it ends."""
    return subprocess.run(  # noqa: S603 - our own command
        [COMMAND, *arguments], capture_output=True, text=True, timeout=60, check=False
    )


class Up:
    """A running ``trove-lab up``: from when it is ready until ``close``."""

    def __init__(self, directory: Path, *arguments: str) -> None:
        self.directory = directory
        self._stdout = directory.parent / f"{directory.name}.out"
        self._stderr = directory.parent / f"{directory.name}.err"
        with self._stdout.open("w") as out, self._stderr.open("w") as err:
            command = [COMMAND, "up", "--port", "0", "--directory", str(directory), *arguments]
            self.process = subprocess.Popen(command, stdout=out, stderr=err)  # noqa: S603 - our own command
        deadline = time.monotonic() + 90
        while "Press Ctrl-C to stop everything." not in self.stdout:
            assert self.process.poll() is None, self.stderr
            assert time.monotonic() < deadline, self.stdout
            time.sleep(0.1)
        self.pids = _children_of(self.process.pid)

    @property
    def stdout(self) -> str:
        return self._stdout.read_text()

    @property
    def stderr(self) -> str:
        return self._stderr.read_text()

    @property
    def port(self) -> int:
        match = re.search(r"^Cloud  http://127.0.0.1:(\d+)", self.stdout, re.MULTILINE)
        assert match
        return int(match[1])

    def end(self, number: int) -> int:
        """Send a signal, wait until Trove and Heat have ended too, and return the exit code."""
        self.process.send_signal(number)
        code = self.process.wait(20)
        deadline = time.monotonic() + 10
        while any(map(_runs, self.pids.values())):
            assert time.monotonic() < deadline, "a process survives the lab"
            time.sleep(0.05)
        return code

    def close(self) -> None:
        """Kill what a failed test has left running."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


def _children_of(pid: int) -> dict[str, int]:
    """Return the ids of a lab's child processes, by module."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    commands = {int(child): Path(f"/proc/{child}/cmdline").read_text().split("\0") for child in children}
    return {command[command.index("-m") + 1].rpartition(".")[2]: child for child, command in commands.items()}


def _runs(pid: int) -> bool:
    try:
        return "(zombie)" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """A lab in a directory whose name needs quoting."""
    with contextlib.closing(Up(tmp_path_factory.mktemp("up") / "my lab")) as started:
        yield started


@pytest.mark.parametrize(
    ("arguments", "message", "reason"),
    [
        ((), "the following arguments are required: command", "a command is needed"),
        (("upp",), "invalid choice: 'upp'", "the command must exist"),
        (("up", "--port", "abc"), "'abc' is not a port number", "a port is a number"),
        (("up", "--port", "65535"), "'65535' is not a port number", "Trove needs the next port"),
        (("up", "--port", "-1"), "'-1' is not a port number", "a port is not negative"),
        (("up", "--manager", "none"), "invalid choice: 'none'", "the manager must exist"),
        (("up", "--frob"), "unrecognized arguments: --frob", "the option must exist"),
    ],
)
def test_bad_usage_is_one_message_and_exit_code_2(arguments: tuple[str, ...], message: str, reason: str) -> None:
    ended = run(*arguments)
    assert ended.returncode == 2, reason
    assert message in ended.stderr, reason
    assert "Traceback" not in ended.stderr


def test_version_and_help_are_printed() -> None:
    assert re.fullmatch(r"trove-lab \d+\.\d+\.\d+\n", run("--version").stdout)
    assert "Exit codes" in run("--help").stdout
    assert "--directory DIR" in run("up", "--help").stdout


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda path: path.write_text(""), "File exists"),
        (lambda path: (path.mkdir(), (path / "lab.lock").mkdir()), "Is a directory"),
    ],
)
def test_a_directory_that_cannot_be_used_is_exit_code_5(tmp_path: Path, make: object, message: str) -> None:
    assert callable(make)
    make(tmp_path / "x")
    ended = run("up", "--port", "0", "--directory", str(tmp_path / "x"))
    assert (ended.returncode, ended.stderr.count("\n")) == (5, 1)
    assert message in ended.stderr


def test_up_prints_which_manager_runs_and_how_to_reach_the_lab(up: Up) -> None:
    assert "Resource manager: native (trove-resources, " in up.stdout
    assert f"Files  {up.directory} (" in up.stdout
    assert f"export OS_CLIENT_CONFIG_FILE='{up.directory}/clouds.yaml' OS_CLOUD=demo" in up.stdout
    config = f"--config-file '{up.directory}/trove.conf' --config-dir '{up.directory}/trove.conf.d'"
    assert f"  trove-resources {config} instance list\n" in up.stdout


@pytest.mark.timeout(600)  # Each of its commands takes seconds to start.
def test_the_printed_block_works_when_it_is_pasted_as_a_whole(up: Up) -> None:
    """By a shell that knows none of the lab's commands, and stops at the first that fails."""
    block = "".join(f"{line[2:]}\n" for line in up.stdout.splitlines() if line.startswith("  "))
    ended = subprocess.run(
        ["/bin/bash", "-e"],
        input=block,
        env={"PATH": "/usr/bin:/bin", "HOME": str(up.directory)},
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (0, ""), ended.stdout
    assert "ERROR" not in ended.stdout
    assert re.search(r"^\| operating_status +\| HEALTHY ", ended.stdout, re.MULTILINE)
    assert re.search(r"^\| volume +\| 7 ", ended.stdout, re.MULTILINE)
    assert re.search(r"^\| [0-9a-f]{8} \| db1 +\| native +\| NONE ", ended.stdout, re.MULTILINE), "trove-resources"
    # The list of instances comes last. It is empty.
    assert ended.stdout.rstrip().splitlines()[-1].startswith("Request to delete ")


def test_a_second_start_in_the_directory_is_rejected_with_exit_code_4(up: Up) -> None:
    ended = run("up", "--port", "0", "--directory", str(up.directory))
    assert (ended.returncode, ended.stderr.count("\n")) == (4, 1)
    assert f"process {up.process.pid}" in ended.stderr


def test_a_port_in_use_is_rejected_with_exit_code_3(up: Up, tmp_path: Path) -> None:
    ended = run("up", "--port", str(up.port), "--directory", str(tmp_path))
    assert (ended.returncode, ended.stderr.count("\n")) == (3, 1)
    assert f"port {up.port} of the emulated cloud on 127.0.0.1 is in use" in ended.stderr


def test_the_port_of_trove_in_use_is_rejected_too(tmp_path: Path) -> None:
    with socket.socket() as taken:
        port = _bind_after_a_free_one(taken)
        ended = run("up", "--port", str(port - 1), "--directory", str(tmp_path))
    assert ended.returncode == 3
    assert f"port {port} of trove-api on 127.0.0.1 is in use" in ended.stderr


def _bind_after_a_free_one(taken: socket.socket) -> int:
    """Bind a port after a free one, below the ports that the kernel assigns."""
    for port in range(20_001, 30_000, 2):
        try:
            with socket.create_server(("127.0.0.1", port - 1)):
                taken.bind(("127.0.0.1", port))
        except OSError:
            continue
        taken.listen()
        return port
    pytest.fail("no two free ports")


@pytest.mark.parametrize(
    ("command", "listed"),
    [("datastore list -f value -c Name", ["mariadb", "mysql", "postgresql"]), ("stack list -f value", [])],
)
def test_the_openstack_command_finds_trove_and_heat(up: Up, command: str, listed: list[str]) -> None:
    environment = {**os.environ, "OS_CLIENT_CONFIG_FILE": str(up.directory / "clouds.yaml")}
    ended = subprocess.run(  # noqa: S603 - the clients' command
        [COMMAND.parent / "openstack", "--os-cloud", "demo", *command.split()],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (ended.returncode, sorted(ended.stdout.split())) == (0, listed), ended.stderr


def test_ctrl_c_ends_every_process(up: Up) -> None:
    assert up.end(signal.SIGINT) == 0
    assert up.stderr == ""


def test_trove_and_heat_end_when_the_lab_is_killed(tmp_path: Path) -> None:
    with contextlib.closing(Up(tmp_path / "lab")) as killed:
        assert set(killed.pids) == {"trove_services", "heat_services"}
        assert killed.end(signal.SIGKILL) == -signal.SIGKILL


def test_the_death_of_trove_is_reported_with_the_end_of_its_log(tmp_path: Path) -> None:
    with contextlib.closing(Up(tmp_path / "lab")) as broken:
        os.kill(broken.pids["trove_services"], signal.SIGKILL)
        assert broken.process.wait(20) == 1
        assert "trove-taskmanager" in broken.stderr
        assert f"exited with status -9; the end of its log {tmp_path}/lab/trove.log" in broken.stderr
