"""The databases: created empty, then migrated by each service's own command."""

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import pymysql

from realcloud.commands import run
from realcloud.home import AUTH_URL, HOST, PASSWORD, PORTS, REGION, Home

NAMES: Final = (
    *("keystone", "glance", "placement", "nova_api", "nova", "nova_cell0", "neutron", "cinder", "designate", "heat"),
    "trove",
)


def initialize(home: Home) -> None:
    """Create the data directory of MariaDB and the key that authorizes Designate to BIND. Raises CommandError."""
    log = home.log("install-databases")
    if not (home.data / "mariadb" / "mysql").exists():
        defaults = f"--defaults-file={home.configuration}/mariadb/my.cnf"
        run(["mariadb-install-db", defaults, "--auth-root-authentication-method=normal", "--skip-test-db"], log)
    key = home.configuration / "bind" / "rndc.key"
    if not key.exists():
        run(["rndc-confgen", "-a", "-k", "rndc-key", "-c", str(key)], log)


def create(home: Home) -> None:
    """Create the databases and, in parallel, their schemas. Raises CommandError."""
    _execute([f"CREATE DATABASE IF NOT EXISTS {name} CHARACTER SET utf8mb4" for name in NAMES])
    chains = _chains(home)

    def migrate(name: str) -> None:
        for command in chains[name]:
            _run_schema_command(home, name, command)

    with ThreadPoolExecutor() as threads:
        # The chains are ordered by duration, the longest first.
        list(threads.map(migrate, chains))


def _chains(home: Home) -> Mapping[str, Sequence[Sequence[str]]]:
    """Return the commands of each service, in the order in which they run."""
    etc = home.configuration
    files = {
        name: ("--config-file", f"{etc}/{name}/{name}.conf")
        for name in ("keystone", "placement", "nova", "neutron", "cinder", "designate", "heat")
    }
    keystone, nova, designate = (files[name] for name in ("keystone", "nova", "designate"))
    root = ("--keystone-user", "root", "--keystone-group", "root")
    addresses = [f"--bootstrap-{kind}-url={AUTH_URL}" for kind in ("public", "internal", "admin")]
    return {
        "nova": (
            ("nova-manage", *nova, "api_db", "sync"),
            ("nova-manage", *nova, "cell_v2", "map_cell0", "--database_connection", home.database_url("nova_cell0")),
            ("nova-manage", *nova, "db", "sync"),
            ("nova-manage", *nova, "cell_v2", "create_cell", "--name", "cell1"),
        ),
        "keystone": (
            ("keystone-manage", *keystone, "fernet_setup", *root),
            ("keystone-manage", *keystone, "credential_setup", *root),
            ("keystone-manage", *keystone, "db_sync"),
            (
                "keystone-manage",
                *keystone,
                "bootstrap",
                f"--bootstrap-password={PASSWORD}",
                f"--bootstrap-region-id={REGION}",
                *addresses,
            ),
        ),
        "neutron": (("neutron-db-manage", *files["neutron"], "upgrade", "heads"),),
        "glance": (("glance-manage", "--config-file", f"{etc}/glance/glance-api.conf", "db_sync"),),
        "placement": (("placement-manage", *files["placement"], "db", "sync"),),
        "cinder": (("cinder-manage", *files["cinder"], "db", "sync"),),
        "designate": (("designate-manage", *designate, "database", "sync"),),
        "heat": (("heat-manage", *files["heat"], "db_sync"),),
    }


def trove(home: Home, image_id: str) -> None:
    """Create Trove's schema, add the plug-in's columns, and register datastores. Raises CommandError."""
    conf = ("--config-file", str(home.trove_conf))
    datastores = {"mysql": "8.4", "postgresql": "17"}
    commands: list[Sequence[str]] = [("trove-manage", *conf, "db_sync")]
    for name, version in datastores.items():
        commands += [
            ("trove-manage", *conf, "datastore_update", name, ""),
            (
                "trove-manage",
                *conf,
                "datastore_version_update",
                name,
                version,
                name,
                image_id,
                "",
                "1",
                "--version",
                version,
            ),
            ("trove-manage", *conf, "datastore_update", name, version),
        ]
    for command in commands:
        _run_schema_command(home, "trove", command)
    columns(home)


def columns(home: Home) -> None:
    """Add the plug-in's columns to Trove's schema, unless they exist. Raises CommandError."""
    _run_schema_command(home, "trove", ("trove-resources", "--config-file", str(home.trove_conf), "db", "upgrade"))


def _run_schema_command(home: Home, name: str, command: Sequence[str]) -> None:
    environment = {**os.environ, "PYTHONWARNINGS": "ignore", "PYTHONDONTWRITEBYTECODE": ""}
    run([home.command(command[0]), *command[1:]], home.log(f"schema-{name}"), environment)


def _execute(statements: Sequence[str]) -> None:
    connection = pymysql.connect(host=HOST, port=PORTS["mariadb"], user="root", password=PASSWORD)
    with connection, connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
