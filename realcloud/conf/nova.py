"""Nova: https://docs.openstack.org/nova/latest/configuration/."""

from collections.abc import Sequence

from realcloud.conf.common import NODE, account, cache, callers, data, database, process, service_token
from realcloud.home import HOST, Home, url
from trove_lab.local.conf_file import Option

COMPUTES = ("compute1", "compute2")
"""Two: a server is resized to another host, and members of a group stand on different ones."""
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
        Option("scheduler", "workers", 1, "two cores"),
        Option("scheduler", "discover_hosts_in_cells_interval", 2, "finds the computes without a command"),
        Option("scheduler", "max_attempts", 2, "a host that fails is not the last word"),
        Option("conductor", "workers", 1, "two cores"),
        Option("filter_scheduler", "enabled_filters", ",".join(FILTERS), "those for server groups are not the default"),
        Option("filter_scheduler", "track_instance_changes", "false", "else it is stale after a revert"),
        Option("quota", "driver", "nova.quota.NoopQuotaDriver", "tests make many"),
    )


def compute_options(home: Home, host: str) -> Sequence[Option]:
    """Return the options of one nova-compute, which must have no database."""
    return (
        *_common(home, host),
        Option("DEFAULT", "compute_driver", DRIVER, "a hypervisor that only pretends"),
        Option("DEFAULT", "resize_confirm_window", 0, "a resize waits until somebody decides"),
        Option("DEFAULT", "vif_plugging_is_fatal", "false", "there are no agents that plug"),
        Option("DEFAULT", "vif_plugging_timeout", 0, "there are no agents that plug"),
        Option("DEFAULT", "sync_power_state_interval", -1, "the driver knows"),
        Option("DEFAULT", "heal_instance_info_cache_interval", -1, "nothing changes behind Nova's back"),
        Option("DEFAULT", "update_resources_interval", 10, "what a failure left is counted anew soon"),
        Option("DEFAULT", "block_device_allocate_retries_interval", 1, "seconds between looks at a volume"),
        Option("DEFAULT", "cpu_allocation_ratio", 16.0, "many small servers"),
        Option("DEFAULT", "ram_allocation_ratio", 4.0, "many small servers"),
    )


def _common(home: Home, host: str) -> Sequence[Option]:
    return (
        *process(home, "nova", host=host),
        Option("DEFAULT", "my_ip", HOST, "nobody else's business"),
        Option("DEFAULT", "state_path", data(home, "nova") / host, "a compute knows itself by a file there"),
        Option("DEFAULT", "concurrency_backend", "threading", "without eventlet"),
        Option("wsgi", "api_paste_config", home.installed("nova") / "api-paste.ini", "as installed"),
        Option("vnc", "enabled", "false", "nothing to see"),
        Option("glance", "api_servers", url("glance"), "where it is"),
        Option("cinder", "catalog_info", "block-storage::internalURL", "where it is"),
        *callers("nova"),
        *account("nova", "neutron"),
        *account("nova", "placement"),
        *account("nova", "cinder"),
        *service_token("nova"),
        *cache(),
    )
