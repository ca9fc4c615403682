"""Run a real OpenStack with a real Trove on this machine: python -m realcloud COMMAND.

This needs Debian 12 and root. All services listen on 127.0.0.1 only. All files are in .realcloud (or $REALCLOUD_HOME),
the logs in log/NAME.log. Debian packages that were installed stay installed after clean.
"""

import argparse
import os
import sys
from collections.abc import Callable

from realcloud.cloud import Cloud
from realcloud.errors import RealCloudError
from realcloud.home import HOST, default_home
from realcloud.services import table
from trove_lab.local.managers import MANAGERS

MIB = 1 << 20


def main() -> int:
    """Run the command. Return 0, 1 if it failed or a service is not up, or 130 if it was interrupted."""
    arguments = _parser().parse_args()
    _prepare_environment()
    try:
        result: int | None = arguments.run(Cloud(default_home()), arguments)
        sys.stdout.flush()
    except RealCloudError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("interrupted: run the same command again to continue\n")
        return 130
    except BrokenPipeError:
        # The reader closed the pipe. Without this, Python would report the error again when it exits.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return result or 0


def _prepare_environment() -> None:
    """Add the directories of server programs to PATH, where root may lack them, and bypass any proxy."""
    os.environ["PATH"] = os.pathsep.join((os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin"))
    for name in ("no_proxy", "NO_PROXY"):
        os.environ[name] = ",".join(filter(None, (os.environ.get(name), HOST, "localhost")))


def _status(cloud: Cloud, _: argparse.Namespace) -> int:
    rows = cloud.status()
    for name, state, pid, memory in rows:
        details = f"{pid:8d} {memory // MIB:6d} MiB" if pid else ""
        sys.stdout.write(f"{name:26} {state:8} {details}\n")
    total = sum(memory for *_, memory in rows) // MIB
    up = sum(state == "up" for _, state, *_ in rows)
    sys.stdout.write(f"{up} of {len(rows)} are up, {total} MiB; logs: {cloud.home.logs}\n")
    return int(up < len(rows))


def _service(cloud: Cloud, arguments: argparse.Namespace) -> None:
    verbs: dict[str, Callable[[str], object]] = {
        "start": cloud.start_services,
        "stop": lambda name: cloud.processes.stop([name]),
        "restart": cloud.restart,
        "kill": cloud.kill,
    }
    verbs[arguments.verb](arguments.name)


def _logs(cloud: Cloud, arguments: argparse.Namespace) -> int:
    log = cloud.home.log(arguments.name)
    if not log.exists():
        raise RealCloudError(f"{arguments.name} has no log yet: it was never started")
    sys.stdout.write(log.read_text(errors="replace"))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m realcloud", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, text: str, run: Callable[..., object]) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=text, description=text)
        added.set_defaults(run=run)
        return added

    start = command(
        "start",
        "install, configure, seed and start whatever is missing",
        lambda cloud, a: cloud.start(snapshots=not a.without_snapshot),
    )
    start.add_argument(
        "--without-snapshot", action="store_true", help="make no snapshot on the first start, which saves a minute"
    )
    command("stop", "stop all services", lambda cloud, _: cloud.stop())
    command("status", "list the services; exit with 1 if any is not up", _status)
    command(
        "reset",
        "stop all services and delete their data; the next start restores the snapshot",
        lambda cloud, _: cloud.reset(),
    )
    command("clean", "stop all services and delete everything except Debian packages", lambda cloud, _: cloud.clean())
    manager = command(
        "manager",
        "choose the resource manager, and restart the task managers",
        lambda cloud, a: cloud.use_manager(a.name),
    )
    manager.add_argument("name", choices=sorted(MANAGERS))
    names = sorted(table(default_home()))
    service = command("service", "start, stop, kill or restart one service", _service)
    service.add_argument("name", choices=names, metavar="NAME")
    service.add_argument("verb", choices=["start", "stop", "kill", "restart"])
    logs = command("logs", "print the log of a service", _logs)
    logs.add_argument("name", choices=names, metavar="NAME")
    return parser


if __name__ == "__main__":
    sys.exit(main())
