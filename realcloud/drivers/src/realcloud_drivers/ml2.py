"""Neutron's mechanism driver: it binds every port on every host, without agents."""

from typing import Any

from neutron_lib import constants
from neutron_lib.api.definitions import portbindings
from neutron_lib.plugins.ml2 import api

from realcloud_drivers import faults


class MechanismDriver(api.MechanismDriver):
    """Ports are bound and ACTIVE at once, unless there is a ``bind_port`` fault for the host or the port."""

    def initialize(self) -> None:
        """Do nothing: there is no backend."""

    @property
    def connectivity(self) -> str:
        """Return the connectivity of bound ports."""
        return str(portbindings.CONNECTIVITY_L2)

    def bind_port(self, context: Any) -> None:
        """Bind a port. A port with a fault stays unbound, which Neutron reports as ``binding_failed``."""
        if any(faults.find("bind_port", name) for name in (context.host, context.current["name"])):
            return
        segment = next(iter(context.segments_to_bind), None)
        if segment is not None:
            details = {portbindings.CAP_PORT_FILTER: True, portbindings.VIF_DETAILS_CONNECTIVITY: self.connectivity}
            context.set_binding(
                segment[api.ID], portbindings.VIF_TYPE_OVS, details, status=constants.PORT_STATUS_ACTIVE
            )
