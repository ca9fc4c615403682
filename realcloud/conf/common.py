"""What the configurations of several services have in common."""

from collections.abc import Sequence
from pathlib import Path

from realcloud.home import AUTH_URL, DOMAIN, HOST, PASSWORD, PORTS, RABBIT_URL, REGION, Home
from trove_lab.local.conf_file import Option

MEMCACHED = f"{HOST}:{PORTS['memcached']}"
NODE = "realcloud"
"""What services call the host they run on, but for nova-compute."""
QUIET = "amqp=WARN,sqlalchemy=WARN,oslo.messaging=INFO,urllib3=WARN,stevedore=WARN,taskflow=INFO,keystoneauth=WARN"


def process(home: Home, service: str, *, host: str | None = NODE) -> Sequence[Option]:
    """Return what every service has: its messages, its directories, its log."""
    return (
        *((Option("DEFAULT", "host", host, "names this host in the database"),) if host else ()),
        Option("DEFAULT", "transport_url", RABBIT_URL, "the broker"),
        Option("DEFAULT", "use_stderr", "true", "the log is what the process prints"),
        Option("DEFAULT", "default_log_levels", QUIET, "others say too much"),
        Option("oslo_concurrency", "lock_path", data(home, service) / "lock", "none of this machine's own"),
        Option("oslo_messaging_notifications", "driver", "noop", "nobody listens; others would pile up"),
    )


def database(home: Home, name: str, group: str = "database") -> Sequence[Option]:
    """Return where a service's database is."""
    return (
        Option(group, "connection", home.database_url(name), "MariaDB"),
        Option(group, "max_pool_size", 5, "forty processes share the server"),
        Option(group, "max_overflow", 20, "and may want more for a moment"),
    )


def account(user: str, group: str, *, project: bool = True) -> Sequence[Option]:
    """Return an account of Keystone, in the words keystoneauth reads."""
    values = {
        "auth_type": "password",
        "auth_url": AUTH_URL,
        "username": user,
        "password": PASSWORD,
        "user_domain_name": DOMAIN,
        **({"project_name": "service", "project_domain_name": DOMAIN, "region_name": REGION} if project else {}),
    }
    return tuple(Option(group, name, value, f"the account of {user}") for name, value in values.items())


def callers(user: str) -> Sequence[Option]:
    """Return how an API checks the tokens of its callers."""
    return (
        *account(user, "keystone_authtoken"),
        Option("keystone_authtoken", "www_authenticate_uri", AUTH_URL, "told to callers without a token"),
        Option("keystone_authtoken", "memcached_servers", MEMCACHED, "a token is asked about once"),
        Option("keystone_authtoken", "service_token_roles", "service", "who may speak for somebody"),
        Option("keystone_authtoken", "service_token_roles_required", "true", "the safe way, and soon the only one"),
    )


def service_token(user: str) -> Sequence[Option]:
    """Return how a service says that it is one, when it passes on the token of its caller."""
    return (
        *account(user, "service_user"),
        Option("service_user", "send_service_user_token", "true", "the caller's token may end before the work does"),
    )


def cache() -> Sequence[Option]:
    """Return the cache of oslo.cache."""
    return (
        Option("cache", "enabled", "true", "Keystone is asked less"),
        Option("cache", "backend", "dogpile.cache.pymemcache", "memcached"),
        Option("cache", "memcache_servers", MEMCACHED, "memcached"),
    )


def data(home: Home, service: str) -> Path:
    """Return the directory in which a service keeps what is in no database."""
    return home.data / service
