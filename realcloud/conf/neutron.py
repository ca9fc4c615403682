"""Neutron: https://docs.openstack.org/neutron/latest/configuration/."""

from collections.abc import Sequence

from realcloud.conf.common import account, callers, data, database, process
from realcloud.home import HOST, Home
from trove_lab.local.conf_file import Option

COUNTED = ("network", "subnet", "port", "router", "floatingip", "security_group", "security_group_rule")


def options(home: Home) -> Sequence[Option]:
    """Return the options of ``neutron.conf``."""
    return (
        *process(home, "neutron"),
        *database(home, "neutron"),
        *callers("neutron"),
        *account("nova", "nova"),
        *account("neutron", "placement"),
        Option("DEFAULT", "bind_host", HOST, "nobody else's business"),
        Option("DEFAULT", "state_path", data(home, "neutron"), "none of this machine's own"),
        Option("DEFAULT", "api_paste_config", home.installed("neutron") / "api-paste.ini", "as installed"),
        Option("DEFAULT", "core_plugin", "ml2", "the usual one"),
        Option("DEFAULT", "service_plugins", "router,segments,qos,tag,revisions,timestamp", "what Heat and Trove use"),
        Option("DEFAULT", "rpc_workers", 1, "two cores"),
        Option("DEFAULT", "rpc_state_report_workers", 0, "there are no agents that report"),
        Option("DEFAULT", "enable_traditional_dhcp", "false", "there are no agents that serve it"),
        Option("DEFAULT", "dns_domain", "realcloud.test.", "ports have names"),
        Option("ml2", "type_drivers", "local,flat,vlan,vxlan", "what the seed's networks are"),
        Option("ml2", "tenant_network_types", "vxlan", "what the seed's networks are"),
        Option("ml2", "mechanism_drivers", "realcloud", "binds ports without agents"),
        Option("ml2", "extension_drivers", "port_security,dns,qos", "the usual ones"),
        Option("ml2_type_flat", "flat_networks", "public", "the external network"),
        Option("ml2_type_vxlan", "vni_ranges", "1:1000", "tenants' networks"),
        *(Option("quotas", f"quota_{name}", -1, "tests make many") for name in COUNTED),
    )
