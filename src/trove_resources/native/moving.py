"""The flows that move a server: to another flavor, to another host."""

from taskflow.flow import Flow
from taskflow.patterns.linear_flow import Flow as LinearFlow

from trove_resources.clouds import Clouds
from trove_resources.inventory import InstanceRef
from trove_resources.native.steps.confirm import AwaitConfirmed, ConfirmMove
from trove_resources.native.steps.server_move import MigrateServer, MoveServer, ResizeServer
from trove_resources.settings import Settings
from trove_resources.spec import FlavorSpec


def resize(clouds: Clouds, settings: Settings, instance: InstanceRef, flavor: FlavorSpec, verify: Flow) -> Flow:
    """The server on the new flavor, the guest well on it, and only then the old one given up."""
    move = ResizeServer(clouds, settings, instance, flavor)
    return _flow(move, verify, ConfirmMove(clouds.compute, move.operation, flavor_id=flavor.id)).add(
        AwaitConfirmed(clouds.compute, settings, move.operation)
    )


def migrate(clouds: Clouds, settings: Settings, instance: InstanceRef, host: str | None, verify: Flow) -> Flow:
    """The same for another host."""
    move = MigrateServer(clouds, settings, instance, host)
    return _flow(move, verify, ConfirmMove(clouds.compute, move.operation)).add(
        AwaitConfirmed(clouds.compute, settings, move.operation)
    )


def _flow(move: MoveServer, verify: Flow, confirm: ConfirmMove) -> Flow:
    return LinearFlow(f"{move.operation}/server").add(move, verify, confirm)
