"""Designate, with BIND: https://docs.openstack.org/designate/latest/admin/config.html."""

from collections.abc import Sequence

import yaml

from realcloud.conf.common import authtoken, data, database, process
from realcloud.home import HOST, PORTS, Home, url
from trove_lab.local.conf_file import Option

NAME_SERVER = "ns1.realcloud.test."


def options(home: Home) -> Sequence[Option]:
    """Return the options of ``designate.conf``."""
    worker = {"poll_delay": 1, "poll_retry_interval": 1, "poll_max_retries": 10, "poll_timeout": 2}
    return (
        *process(home, "designate"),
        *database(home, "designate", "storage:sqlalchemy"),
        *authtoken("designate"),
        Option("DEFAULT", "state_path", data(home, "designate"), "inside the home directory"),
        Option("DEFAULT", "root_helper", "", "this is root"),
        Option("service:api", "auth_strategy", "keystone", "callers authenticate with tokens"),
        Option("service:api", "enable_api_admin", "true", "reports which of its services are up"),
        Option("service:api", "api_base_uri", f"{url('designate-api')}/", "its endpoint"),
        Option("service:api", "api_paste_config", home.configuration / "designate" / "api-paste.ini", "as installed"),
        *(
            Option(f"service:{name}", "workers", 1, "sized for two cores")
            for name in ("central", "mdns", "producer", "worker")
        ),
        Option("service:mdns", "listen", f"{HOST}:{PORTS['designate-mdns']}", "loopback only"),
        Option("service:worker", "enabled", "true", "it writes to BIND"),
        *(
            Option("service:worker", name, value, "seconds and retries: records become ACTIVE sooner")
            for name, value in worker.items()
        ),
        Option("producer_task:increment_serial", "interval", 1, "seconds until BIND is notified; the default is 5"),
        Option("producer_task:worker_periodic_recovery", "interval", 10, "seconds until failed changes are retried"),
        Option("coordination", "backend_url", f"file://{data(home, 'designate')}/coordination", "a single host"),
    )


def pools(home: Home) -> str:
    """Return the file for ``designate-manage pool update``, with the pool's name servers."""
    control = {
        "rndc_host": HOST,
        "rndc_port": PORTS["rndc"],
        "rndc_config_file": str(home.configuration / "bind" / "rndc.conf"),
    }
    server = {"host": HOST, "port": PORTS["named"]}
    target = {
        "type": "bind9",
        "description": "named",
        "masters": [{"host": HOST, "port": PORTS["designate-mdns"]}],
        "options": {**server, **control},
    }
    pool = {
        "name": "default",
        "description": "BIND",
        "attributes": {},
        "ns_records": [{"hostname": NAME_SERVER, "priority": 1}],
        "nameservers": [server],
        "targets": [target],
    }
    return yaml.safe_dump([pool], sort_keys=False)
