"""os-getConsoleOutput."""

from trove_lab.cloud.clock import timestamp
from trove_lab.cloud.compute import errors
from trove_lab.cloud.compute.parameters import body
from trove_lab.cloud.compute.request import Request
from trove_lab.cloud.compute.state import Server
from trove_lab.cloud.http import Json, Reply

SCHEMA: Json = body(
    "os-getConsoleOutput",
    {"length": {"type": ["integer", "string", "null"], "pattern": "^-?[0-9]+$", "minimum": -1}},
)


def output(_: Request, server: Server, given: Json) -> Reply:
    """Return the last lines of the console: when the server was launched, and what it runs."""
    if server.host is None:
        raise errors.conflict(f"Instance {server.id} is not ready")
    launched = "" if server.launched_at is None else timestamp(server.launched_at)
    lines = [f"{server.hostname}: booting", f"launched at {launched}", f"{server.hostname} login:"]
    length = given.get("length")
    if length is not None and int(length) >= 0:
        lines = lines[len(lines) - min(int(length), len(lines)) :]
    return Reply(200, {"output": "\n".join(lines)})
