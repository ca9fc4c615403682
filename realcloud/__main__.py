"""Run a real OpenStack on this machine, with a real Trove: python -m realcloud COMMAND.

It needs Debian 12 and root, listens on 127.0.0.1 only, and keeps all it makes in .realcloud (or $REALCLOUD_HOME): logs
in log/NAME.log. Packages of Debian stay when it is cleaned away.
"""

import argparse
import os
import sys
from collections.abc import Callable

from realcloud.cloud import Cloud
from realcloud.errors import RealCloudError
from realcloud.home import HOST, the_home
from realcloud.services import table
from trove_lab.local.managers import MANAGERS

MIB = 1 << 20


def main() -> int:
    """Do what the arguments say; return 0; 1 when it cannot be done or something is not up; 130 when interrupted."""
    arguments = _parser().parse_args()
    _surround()
    try:
        done: int | None = arguments.run(Cloud(the_home()), arguments)
        sys.stdout.flush()
    except RealCloudError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("interrupted: the same command begins where this one ended\n")
        return 130
    except BrokenPipeError:
        # Whoever reads what it prints has seen enough; Python would complain once more at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return done or 0


def _surround() -> None:
    """Give what is started what it needs: servers' programs, which not every root has in its path, and no proxy."""
    os.environ["PATH"] = os.pathsep.join((os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin"))
    for name in ("no_proxy", "NO_PROXY"):
        os.environ[name] = ",".join(filter(None, (os.environ.get(name), HOST, "localhost")))


def _status(cloud: Cloud, _: argparse.Namespace) -> int:
    rows = cloud.status()
    for name, state, pid, memory in rows:
        about = f"{pid:8d} {memory // MIB:6d} MiB" if pid else ""
        sys.stdout.write(f"{name:26} {state:8} {about}\n")
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
        made = commands.add_parser(name, help=text, description=text)
        made.set_defaults(run=run)
        return made

    start = command(
        "start",
        "install, configure, seed and start what is not yet",
        lambda cloud, a: cloud.start(snapshots=not a.without_snapshot),
    )
    start.add_argument("--without-snapshot", action="store_true", help="a first start that is a minute quicker, once")
    command("stop", "end every process", lambda cloud, _: cloud.stop())
    command("status", "say which services are up; exit with 1 when one is not", _status)
    command(
        "reset", "stop, and forget what it holds: the next start is from the snapshot", lambda cloud, _: cloud.reset()
    )
    command("clean", "stop, and remove everything but the packages of Debian", lambda cloud, _: cloud.clean())
    manager = command(
        "manager",
        "choose the resource manager, and start the task managers again",
        lambda cloud, a: cloud.choose(a.name),
    )
    manager.add_argument("name", choices=sorted(MANAGERS))
    names = sorted(table(the_home()))
    service = command("service", "start, stop, kill or restart one service", _service)
    service.add_argument("name", choices=names, metavar="NAME")
    service.add_argument("verb", choices=["start", "stop", "kill", "restart"])
    logs = command("logs", "print the log of a service", _logs)
    logs.add_argument("name", choices=names, metavar="NAME")
    return parser


if __name__ == "__main__":
    sys.exit(main())
