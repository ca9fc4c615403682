"""The meaning of Trove's own options for resource managers, for the page of the options."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from trove_lab.docs.option_uses import DATASTORE


@dataclass(frozen=True, slots=True)
class Meaning:
    """Options with one meaning: their names (``option`` or ``group.option``), the meaning, and the name in the code."""

    options: tuple[str, ...]
    means: str
    read_as: str | None = None
    """The name under which the code reads all of them, if it differs from their own names."""

    @property
    def read(self) -> tuple[str, ...]:
        """The names under which the code reads them."""
        return (self.read_as,) if self.read_as else self.options


def _of_services(option: str) -> tuple[str, ...]:
    return tuple(f"{service}_{option}" for service in ("nova_compute", "cinder", "neutron"))


READ: Final[Mapping[str, Sequence[Meaning]]] = {
    "The cloud": (
        Meaning(
            tuple(f"service_credentials.{name}" for name in ("auth_url", "username", "password", "user_domain_name")),
            "Trove's service user, which makes all requests",
        ),
        Meaning(
            ("service_credentials.project_id",),
            "the project of all resources except floating IPs, which are the tenants'; overrides the project's name",
        ),
        Meaning(
            ("service_credentials.project_name", "service_credentials.project_domain_name"),
            "the same project, if `project_id` is not set",
        ),
        Meaning(("service_credentials.region_name",), "the region of instances whose request names none"),
        Meaning(
            ("keystone_authtoken.insecure", "keystone_authtoken.cafile"),
            "whether the services' certificates are verified, and with which CA certificates",
        ),
        Meaning(
            _of_services("url"),
            "the endpoint of the service, overriding the catalog; Nova's and Cinder's end before the project id, and "
            "need `[service_credentials] project_id`",
            "<service>_url",
        ),
        Meaning(_of_services("service_type"), "the type of the service in the catalog", "<service>_service_type"),
        Meaning(_of_services("endpoint_type"), "the endpoint type that is used", "<service>_endpoint_type"),
    ),
    "The network": (
        Meaning(
            ("management_networks",),
            "the management port is on the last of them; without any, there is no management port",
        ),
        Meaning(
            ("management_security_groups",),
            "the security groups of the management port, instead of the instance's own",
        ),
        Meaning(
            ("trove_security_groups_support",),
            "whether an instance has its own security group, on its ports or, without ports, on its server",
        ),
        Meaning(
            ("trove_security_group_name_prefix",),
            "the prefix of its name, before the instance's id. Groups are found by name: after a change of the prefix, "
            "existing groups are no longer found",
        ),
        Meaning(
            ("trove_security_group_rule_cidr",), "the networks that have access if the request has no `allowed_cidrs`"
        ),
        Meaning((f"{DATASTORE}.tcp_ports", f"{DATASTORE}.udp_ports"), "the ports that are open to clients"),
        Meaning(
            ("network.public_network_id",),
            "the network of the floating IPs of public instances; by default, the first external network",
        ),
        Meaning(("network.enable_access_check",), "whether a user port is refused if its subnet has no router"),
        Meaning(
            ("network.network_isolation",),
            "whether user data contains the addresses and routes of the user port, which the guest then moves into a "
            "network of the database's own; only if there is also a management port",
        ),
    ),
    "The server": (
        Meaning(("nova_keypair",), "the key pair of the server"),
        Meaning(("use_nova_server_config_drive",), "whether the server has a config drive"),
        Meaning(
            ("volume_rootdisk_support", "volume_rootdisk_size"),
            "whether the server boots from a root volume, created from the image, and its size in GiB",
        ),
    ),
    "Volumes": (
        Meaning(("cinder_volume_type",), "the volume type, if the request names none"),
        Meaning(("enable_volume_az",), "whether volumes are created in the availability zone of the request"),
        Meaning(("block_device_mapping",), "the device name with which the data volume is attached to the server"),
        Meaning(
            ("online_volume_resize",),
            "whether a volume is grown while attached, if the cloud supports it; otherwise it is detached first",
        ),
    ),
    "DNS": (
        Meaning(("trove_dns_support",), "whether an instance has a DNS record, created by `dns_driver`"),
        Meaning(
            ("dns_account_id",),
            "the project in which `dns_driver` creates records. If it is the service user's own project, and the "
            "driver is Designate's, the record is part of the stack",
        ),
        Meaning(
            ("ip_regex", "black_list_regex"),
            "the record has the first address that matches the first expression and not the second. If only one is "
            "set, it has the first address of all",
        ),
    ),
    "The guest": (
        Meaning(
            ("replica_snapshot_driver", "storage_strategy"),
            "how the snapshot is created that replicas start from; the second is used if the first is empty",
        ),
        Meaning((f"{DATASTORE}.mount_point",), "where the guest mounts the data volume"),
        Meaning(
            ("agent_call_high_timeout",),
            "seconds for a long call to the guest; at most 60 to stop its database before the server is deleted",
        ),
        Meaning(
            ("usage_sleep_time",),
            "a fault that the guest reported within these seconds (plus one) before ours is not replaced. It is no "
            "longer a polling interval",
        ),
    ),
    "Deadlines, in seconds": (
        Meaning(
            ("usage_timeout",),
            "for the server of a new instance to become ACTIVE, and then for its guest to report the database",
        ),
        Meaning(("restore_usage_timeout",), "for the guest, when a backup is restored, and for a replica"),
        Meaning(("volume_time_out",), "for a new volume to become available"),
        Meaning(("server_delete_time_out",), "for each deleted server or volume to be gone"),
        Meaning(
            ("resize_time_out",),
            "for a server to reach its new flavor or host, for its guest to report, and for its database to be healthy",
        ),
        Meaning(("revert_time_out",), "for a server to be reverted after a failure"),
        Meaning(("reboot_time_out",), "for a server to become ACTIVE after a reboot"),
        Meaning(
            ("report_interval",), "a database must be healthy within twice this time after the reboot of its server"
        ),
    ),
}
"""The options that the plug-in reads, by topic. Each must be read, and each that is read must be here."""

THROUGH_TROVE: Final[Sequence[Meaning]] = (
    Meaning(("taskmanager_manager",), "`trove_resources.plugin.Manager` puts the resource manager into effect"),
    Meaning((f"{DATASTORE}.volume_support",), "whether the data is on a volume"),
    Meaning((f"{DATASTORE}.device_path",), "the device of the data volume in the guest"),
    Meaning(
        (
            *("guest_config", "guest_info", "injected_config_location"),
            *("injected_config_owner", "injected_config_group", "cloudinit_location", "controller_address"),
        ),
        "the contents of user data, and the operator's file that is added to it",
    ),
    Meaning(
        (
            *("dns_driver", "dns_instance_entry_factory", "dns_auth_url", "dns_username", "dns_passkey"),
            *("dns_user_domain_id", "dns_project_domain_id", "dns_domain_id", "dns_domain_name"),
        ),
        "the driver for DNS records, its zone and account, and the names of instances",
    ),
    Meaning(
        ("update_status_on_fail",),
        "whether a failure of the guest is written to the row of a new instance. False leaves it BUILDING, and it can "
        "only be force-deleted",
    ),
)
"""Options read by Trove's own code, which the plug-in calls."""

WITHOUT_EFFECT: Final[Sequence[Meaning]] = (
    Meaning(
        ("nova_client_version", "cinder_client_version"),
        "the plug-in uses one version of each API, whatever version clients use",
    ),
    Meaning(
        ("remote_nova_client", "remote_cinder_client", "remote_neutron_client"),
        "the plug-in makes HTTP requests without these clients",
    ),
    Meaning(
        ("nova_api_insecure", "cinder_api_insecure", "neutron_api_insecure"),
        "the verification of certificates is configured in `[keystone_authtoken]` only",
    ),
    Meaning(("dns_time_out",), "the addresses of a server are known before its record is created"),
)
"""Options of Trove that resource managers ignore, although stock Trove reads them."""
