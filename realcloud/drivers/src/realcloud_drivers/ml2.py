"""Neutron's driver: it binds every port on every host by itself, and no agent is asked."""

from typing import Any

from neutron_lib import constants
from neutron_lib.api.definitions import portbindings
from neutron_lib.plugins.ml2 import api

from realcloud_drivers import faults


class MechanismDriver(api.MechanismDriver):
    """Ports are bound, and ACTIVE, at once, unless the file of faults names host or port for ``bind_port``."""

    def initialize(self) -> None:
        """Do nothing: there is nothing to reach."""

    @property
    def connectivity(self) -> str:
        """Say what a bound port can do."""
        return str(portbindings.CONNECTIVITY_L2)

    def bind_port(self, context: Any) -> None:
        """Bind a port; one that is left unbound has the type ``binding_failed``."""
        if any(faults.find("bind_port", name) for name in (context.host, context.current["name"])):
            return
        segment = next(iter(context.segments_to_bind), None)
        if segment is not None:
            details = {portbindings.CAP_PORT_FILTER: True, portbindings.VIF_DETAILS_CONNECTIVITY: self.connectivity}
            context.set_binding(
                segment[api.ID], portbindings.VIF_TYPE_OVS, details, status=constants.PORT_STATUS_ACTIVE
            )
