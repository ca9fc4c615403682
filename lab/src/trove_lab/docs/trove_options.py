"""What Trove's own options mean where a resource manager does the work. The page of the options is made of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from trove_lab.docs.option_uses import DATASTORE


@dataclass(frozen=True, slots=True)
class Meaning:
    """Options with one meaning: ``option`` or ``group.option``, what they mean, and how the code calls them."""

    options: tuple[str, ...]
    means: str
    read_as: str | None = None
    """The name under which the code reads them all, if not by their own."""

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
            "Trove's own user, as whom everything is done",
        ),
        Meaning(
            ("service_credentials.project_id",),
            "the project of all resources but floating IPs, which are the tenants'; it comes before the project's name",
        ),
        Meaning(
            ("service_credentials.project_name", "service_credentials.project_domain_name"),
            "the same project, where there is no `project_id`",
        ),
        Meaning(("service_credentials.region_name",), "the region of instances that name none"),
        Meaning(
            ("keystone_authtoken.insecure", "keystone_authtoken.cafile"),
            "whether, and by which authorities, the services' certificates are checked",
        ),
        Meaning(
            _of_services("url"),
            "where the service is, in the place of what the catalog says; Nova's and Cinder's end before the project's "
            "id, which needs `[service_credentials] project_id`",
            "<service>_url",
        ),
        Meaning(_of_services("service_type"), "as what the catalog has the service", "<service>_service_type"),
        Meaning(_of_services("endpoint_type"), "which of its endpoints is used", "<service>_endpoint_type"),
    ),
    "The network": (
        Meaning(
            ("management_networks",),
            "an instance has its management port on the last of them; without one it has none",
        ),
        Meaning(
            ("management_security_groups",),
            "what the management port has in the place of the instance's own security group",
        ),
        Meaning(
            ("trove_security_groups_support",),
            "whether an instance has a security group of its own, on its ports or, without them, on its server",
        ),
        Meaning(
            ("trove_security_group_name_prefix",),
            "how its name begins; the instance's id follows. Groups are found by it: once changed, those there "
            "are no longer known",
        ),
        Meaning(("trove_security_group_rule_cidr",), "who is let in where the request has no `allowed_cidrs`"),
        Meaning((f"{DATASTORE}.tcp_ports", f"{DATASTORE}.udp_ports"), "the ports that are open to them"),
        Meaning(
            ("network.public_network_id",),
            "where the floating IPs of public instances come from; else from the first external network",
        ),
        Meaning(("network.enable_access_check",), "whether a user port's subnet without a router is refused"),
        Meaning(
            ("network.network_isolation",),
            "whether user data holds addresses and routes of the user port, which the guest then gives to a network of "
            "the database's own; only where there is a management port beside it",
        ),
    ),
    "The server": (
        Meaning(("nova_keypair",), "the key pair of the server"),
        Meaning(("use_nova_server_config_drive",), "whether the server has a config drive"),
        Meaning(
            ("volume_rootdisk_support", "volume_rootdisk_size"),
            "whether the server boots from a root volume, made from the image, and how many GiB it has",
        ),
    ),
    "Volumes": (
        Meaning(("cinder_volume_type",), "the type of volumes where the request names none"),
        Meaning(("enable_volume_az",), "whether volumes are made in the availability zone of the request"),
        Meaning(("block_device_mapping",), "the device by which the server gets the data volume"),
        Meaning(
            ("online_volume_resize",),
            "whether a volume is grown while it is in use, where the cloud can; else it is detached for it",
        ),
    ),
    "DNS": (
        Meaning(("trove_dns_support",), "whether an instance has a DNS record; `dns_driver` makes it"),
        Meaning(
            ("dns_account_id",),
            "the project of the account with which `dns_driver` makes records; where that is the service user's own, "
            "and the driver Designate's, a stack has its record itself",
        ),
        Meaning(
            ("ip_regex", "black_list_regex"),
            "the record has the first address that the one matches and the other does not; with one of them alone, the "
            "first of all",
        ),
    ),
    "The guest": (
        Meaning(
            ("replica_snapshot_driver", "storage_strategy"),
            "how the snapshot is made with which replicas begin; the second where the first says nothing",
        ),
        Meaning((f"{DATASTORE}.mount_point",), "where the guest mounts the data volume"),
        Meaning(
            ("agent_call_high_timeout",),
            "seconds the guest has for a long call; to stop its database before the server is deleted, 60 at the most",
        ),
        Meaning(
            ("usage_sleep_time",),
            "a fault the guest has reported itself, within these seconds before ours and one more, is left as it is. "
            "Nobody polls by it any more",
        ),
    ),
    "Deadlines, in seconds": (
        Meaning(
            ("usage_timeout",),
            "for the server of a new instance to be ACTIVE, and then for its guest to report the database there",
        ),
        Meaning(("restore_usage_timeout",), "for the guest, where a backup is restored and for a replica"),
        Meaning(("volume_time_out",), "for a new volume to be available"),
        Meaning(("server_delete_time_out",), "for each server or volume that is deleted to be gone"),
        Meaning(
            ("resize_time_out",),
            "for a server to be on its new flavor or host, for its guest to report, and for the database to be well",
        ),
        Meaning(("revert_time_out",), "for it to be back where it was, when that failed"),
        Meaning(("reboot_time_out",), "for a server to be ACTIVE after a reboot"),
        Meaning(("report_interval",), "twice that is what a database has to be well after the reboot of its server"),
    ),
}
"""The options the plug-in's own code reads, by topic. Each must be read, and each that is read must be here."""

THROUGH_TROVE: Final[Sequence[Meaning]] = (
    Meaning(("taskmanager_manager",), "`trove_resources.plugin.Manager` puts the resource manager into effect"),
    Meaning((f"{DATASTORE}.volume_support",), "whether the data stands on a volume"),
    Meaning((f"{DATASTORE}.device_path",), "the device on which the guest finds it"),
    Meaning(
        (
            *("guest_config", "guest_info", "injected_config_location"),
            *("injected_config_owner", "injected_config_group", "cloudinit_location", "controller_address"),
        ),
        "what user data holds, and which file of the operator's is added to it",
    ),
    Meaning(
        (
            *("dns_driver", "dns_instance_entry_factory", "dns_auth_url", "dns_username", "dns_passkey"),
            *("dns_user_domain_id", "dns_project_domain_id", "dns_domain_id", "dns_domain_name"),
        ),
        "who makes DNS records, in which zone, with which account, and what an instance is called",
    ),
    Meaning(
        ("update_status_on_fail",),
        "whether the row of a new instance whose guest failed says so; false leaves it BUILDING, and nobody can delete "
        "it but by force",
    ),
)
"""Options that Trove's code, which the plug-in calls, reads as ever."""

WITHOUT_EFFECT: Final[Sequence[Meaning]] = (
    Meaning(
        ("nova_client_version", "cinder_client_version"),
        "the plug-in speaks one version to each service, whichever the operator's clients speak",
    ),
    Meaning(
        ("remote_nova_client", "remote_cinder_client", "remote_neutron_client"),
        "calls go over HTTP, not through the clients these make",
    ),
    Meaning(
        ("nova_api_insecure", "cinder_api_insecure", "neutron_api_insecure"),
        "how certificates are checked is said once, in `[keystone_authtoken]`",
    ),
    Meaning(("dns_time_out",), "the addresses of a server are known before its record is made"),
)
"""Options of Trove that say nothing to a resource manager, where stock Trove would heed them."""
