"""Neutron: https://docs.openstack.org/neutron/latest/configuration/."""

from collections.abc import Sequence

from realcloud.conf.common import account, authtoken, data, database, process
from realcloud.home import HOST, Home
from trove_lab.local.conf_file import Option

COUNTED = ("network", "subnet", "port", "router", "floatingip", "security_group", "security_group_rule")


def options(home: Home) -> Sequence[Option]:
    """Return the options of ``neutron.conf``."""
    return (
        *process(home, "neutron"),
        *database(home, "neutron"),
        *authtoken("neutron"),
        *account("nova", "nova"),
        *account("neutron", "placement"),
        Option("DEFAULT", "bind_host", HOST, "loopback only"),
        Option("DEFAULT", "state_path", data(home, "neutron"), "inside the home directory"),
        Option("DEFAULT", "api_paste_config", home.installed("neutron") / "api-paste.ini", "as installed"),
        Option("DEFAULT", "core_plugin", "ml2", "the default"),
        Option("DEFAULT", "service_plugins", "router,segments,qos,tag,revisions,timestamp", "used by Heat and Trove"),
        Option("DEFAULT", "rpc_workers", 1, "sized for two cores"),
        Option("DEFAULT", "rpc_state_report_workers", 0, "there are no agents"),
        Option("DEFAULT", "enable_traditional_dhcp", "false", "there are no agents"),
        Option("DEFAULT", "dns_domain", "realcloud.test.", "ports get DNS names"),
        Option("ml2", "type_drivers", "local,flat,vlan,vxlan", "the types of the seeded networks"),
        Option("ml2", "tenant_network_types", "vxlan", "the types of the seeded networks"),
        Option("ml2", "mechanism_drivers", "realcloud", "binds ports without agents"),
        Option("ml2", "extension_drivers", "port_security,dns,qos", "commonly enabled"),
        Option("ml2_type_flat", "flat_networks", "public", "the external network"),
        Option("ml2_type_vxlan", "vni_ranges", "1:1000", "tenant networks"),
        *(Option("quotas", f"quota_{name}", -1, "tests create many") for name in COUNTED),
    )
