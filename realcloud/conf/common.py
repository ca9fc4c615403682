"""Options that several services share."""

from collections.abc import Sequence
from pathlib import Path

from realcloud.home import AUTH_URL, DOMAIN, HOST, PASSWORD, PORTS, RABBIT_URL, REGION, Home
from trove_lab.local.conf_file import Option

MEMCACHED = f"{HOST}:{PORTS['memcached']}"
NODE = "realcloud"
"""The host name of all services except nova-compute."""
QUIET = "amqp=WARN,sqlalchemy=WARN,oslo.messaging=INFO,urllib3=WARN,stevedore=WARN,taskflow=INFO,keystoneauth=WARN"


def process(home: Home, service: str, *, host: str | None = NODE) -> Sequence[Option]:
    """Return the options of every service: messaging, directories, logging."""
    return (
        *((Option("DEFAULT", "host", host, "names this host in the database"),) if host else ()),
        Option("DEFAULT", "transport_url", RABBIT_URL, "the broker"),
        Option("DEFAULT", "use_stderr", "true", "standard error is redirected to the log"),
        Option("DEFAULT", "default_log_levels", QUIET, "these libraries are too verbose"),
        Option("oslo_concurrency", "lock_path", data(home, service) / "lock", "inside the home directory"),
        Option("oslo_messaging_notifications", "driver", "noop", "no consumer: other drivers would fill a queue"),
    )


def database(home: Home, name: str, group: str = "database") -> Sequence[Option]:
    """Return the options of a service's database."""
    return (
        Option(group, "connection", home.database_url(name), "MariaDB"),
        Option(group, "max_pool_size", 5, "forty processes share the server"),
        Option(group, "max_overflow", 20, "with room for short peaks"),
    )


def account(user: str, group: str, *, project: bool = True) -> Sequence[Option]:
    """Return keystoneauth's options for a Keystone user."""
    values = {
        "auth_type": "password",
        "auth_url": AUTH_URL,
        "username": user,
        "password": PASSWORD,
        "user_domain_name": DOMAIN,
        **({"project_name": "service", "project_domain_name": DOMAIN, "region_name": REGION} if project else {}),
    }
    return tuple(Option(group, name, value, f"the user {user}") for name, value in values.items())


def authtoken(user: str) -> Sequence[Option]:
    """Return the options with which an API validates the tokens of its callers."""
    return (
        *account(user, "keystone_authtoken"),
        Option("keystone_authtoken", "www_authenticate_uri", AUTH_URL, "sent to callers without a token"),
        Option("keystone_authtoken", "memcached_servers", MEMCACHED, "validated tokens are cached"),
        Option("keystone_authtoken", "service_token_roles", "service", "roles that may pass on a user's token"),
        Option("keystone_authtoken", "service_token_roles_required", "true", "secure, and the future default"),
    )


def service_token(user: str) -> Sequence[Option]:
    """Return the options with which a service authenticates itself when it passes on the token of its caller."""
    return (
        *account(user, "service_user"),
        Option(
            "service_user", "send_service_user_token", "true", "the caller's token may expire before the work is done"
        ),
    )


def cache() -> Sequence[Option]:
    """Return the options of oslo.cache."""
    return (
        Option("cache", "enabled", "true", "fewer requests to Keystone"),
        Option("cache", "backend", "dogpile.cache.pymemcache", "memcached"),
        Option("cache", "memcache_servers", MEMCACHED, "memcached"),
    )


def data(home: Home, service: str) -> Path:
    """Return the directory of a service's data outside the database."""
    return home.data / service
