"""Nova: https://docs.openstack.org/nova/latest/configuration/."""

from collections.abc import Sequence

from realcloud.conf.common import NODE, account, authtoken, cache, data, database, process, service_token
from realcloud.home import HOST, Home, url
from trove_lab.local.conf_file import Option

COMPUTES = ("compute1", "compute2")
"""Two, so that a server can be resized to another host and members of a group can be on different hosts."""
DRIVER = "realcloud.Driver"
FILTERS = (
    *("ComputeFilter", "ComputeCapabilitiesFilter", "ImagePropertiesFilter", "ServerGroupAntiAffinityFilter"),
    *("ServerGroupAffinityFilter", "SameHostFilter", "DifferentHostFilter"),
)


def options(home: Home) -> Sequence[Option]:
    """Return the options of the API, the scheduler and the conductor."""
    return (
        *_common(home, NODE),
        *database(home, "nova_api", "api_database"),
        *database(home, "nova"),
        Option("scheduler", "workers", 1, "sized for two cores"),
        Option("scheduler", "discover_hosts_in_cells_interval", 2, "discovers the computes without nova-manage"),
        Option("scheduler", "max_attempts", 2, "a failed build is retried on the other host"),
        Option("conductor", "workers", 1, "sized for two cores"),
        Option(
            "filter_scheduler",
            "enabled_filters",
            ",".join(FILTERS),
            "the server group filters are not enabled by default",
        ),
        Option("filter_scheduler", "track_instance_changes", "false", "the tracked data is stale after a revert"),
        Option("quota", "driver", "nova.quota.NoopQuotaDriver", "tests create many"),
    )


def compute_options(home: Home, host: str) -> Sequence[Option]:
    """Return the options of one nova-compute, which must not have a database connection."""
    return (
        *_common(home, host),
        Option("DEFAULT", "compute_driver", DRIVER, "a fake hypervisor"),
        Option("DEFAULT", "resize_confirm_window", 0, "Nova does not confirm resizes by itself"),
        Option("DEFAULT", "vif_plugging_is_fatal", "false", "there are no agents"),
        Option("DEFAULT", "vif_plugging_timeout", 0, "there are no agents"),
        Option("DEFAULT", "sync_power_state_interval", -1, "the driver has the only state"),
        Option("DEFAULT", "heal_instance_info_cache_interval", -1, "nothing changes without Nova"),
        Option("DEFAULT", "update_resources_interval", 10, "seconds until resources are recounted after a failure"),
        Option("DEFAULT", "block_device_allocate_retries_interval", 1, "seconds between polls of a volume"),
        Option("DEFAULT", "cpu_allocation_ratio", 16.0, "many small servers"),
        Option("DEFAULT", "ram_allocation_ratio", 4.0, "many small servers"),
    )


def _common(home: Home, host: str) -> Sequence[Option]:
    return (
        *process(home, "nova", host=host),
        Option("DEFAULT", "my_ip", HOST, "loopback only"),
        Option("DEFAULT", "state_path", data(home, "nova") / host, "each compute stores its identity there"),
        Option("DEFAULT", "concurrency_backend", "threading", "without eventlet"),
        Option("wsgi", "api_paste_config", home.installed("nova") / "api-paste.ini", "as installed"),
        Option("vnc", "enabled", "false", "there are no consoles"),
        Option("glance", "api_servers", url("glance"), "its endpoint"),
        Option("cinder", "catalog_info", "block-storage::internalURL", "its endpoint"),
        *authtoken("nova"),
        *account("nova", "neutron"),
        *account("nova", "placement"),
        *account("nova", "cinder"),
        *service_token("nova"),
        *cache(),
    )
