"""A third party's package: a resource manager, and the entry point metadata that pip would install."""

from collections.abc import Mapping
from pathlib import Path

MODULE = '''
from taskflow.patterns.linear_flow import Flow

from trove_resources.contract import ResourceManager
from trove_resources.inventory import Inventory, Server


class Toy(ResourceManager):
    """Keeps servers in a dictionary."""

    name = "toy"

    def __init__(self, clouds, settings):
        super().__init__(clouds, settings)
        self.servers = {}

    def provision(self, spec):
        self.servers[spec.instance_id] = Server(id="1", name=spec.server.name, status="ACTIVE")
        return Flow("provision")

    def delete(self, instance):
        self.servers.pop(instance.instance_id, None)
        return Flow("delete")

    def observe(self, instance):
        return Inventory(servers=tuple(filter(None, [self.servers.get(instance.instance_id)])))


class Impostor:
    """No resource manager."""


class Nameless(ResourceManager):
    """One that forgot its name."""
'''


def install(directory: Path, entry_points: Mapping[str, str], *, package: str = "toy") -> Path:
    """Install a package with these entry points, and with working and broken modules, into a directory of the path."""
    (directory / "toybox.py").write_text(MODULE)
    (directory / "toyless.py").write_text("import nothing_of_this_name\n")
    (directory / "toybroken.py").write_text("raise RuntimeError('no toys today')\n")
    info = directory / f"{package}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
    lines = "".join(f"{name} = {value}\n" for name, value in entry_points.items())
    (info / "entry_points.txt").write_text(f"[trove_resources.resource_managers]\n{lines}")
    return directory
