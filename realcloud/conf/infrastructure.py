"""MariaDB, RabbitMQ and BIND."""

from realcloud.home import HOST, PASSWORD, PORTS, Home


def mariadb(home: Home) -> str:
    """Return ``my.cnf``. For speed, commits survive a crash of the process but not of the machine."""
    return f"""\
[mysqld]
user = root
datadir = {home.data / "mariadb"}
socket = {home.run / "mariadb.sock"}
pid-file = {home.run / "mariadb-own.pid"}
port = {PORTS["mariadb"]}
bind-address = {HOST}
skip-name-resolve
skip-log-bin
max_connections = 500
innodb_buffer_pool_size = 128M
innodb_log_file_size = 48M
innodb_flush_log_at_trx_commit = 0
innodb_flush_method = nosync
innodb_doublewrite = 0
performance_schema = off
character-set-server = utf8mb4
collation-server = utf8mb4_general_ci
init-file = {home.configuration / "mariadb" / "init.sql"}
"""


def mariadb_account() -> str:
    """Return ``init.sql``, which creates the user for TCP connections."""
    return f"""\
CREATE USER IF NOT EXISTS 'root'@'{HOST}' IDENTIFIED BY '{PASSWORD}';
ALTER USER 'root'@'{HOST}' IDENTIFIED BY '{PASSWORD}';
GRANT ALL ON *.* TO 'root'@'{HOST}' WITH GRANT OPTION;
"""


def rabbitmq() -> str:
    """Return ``rabbitmq.conf``."""
    return f"""\
listeners.tcp.1 = {HOST}:{PORTS["rabbitmq"]}
log.console = true
log.console.level = warning
vm_memory_high_watermark.absolute = 1GB
disk_free_limit.absolute = 100MB
"""


def rabbitmq_advanced() -> str:
    """Return ``advanced.config``, for what ``rabbitmq.conf`` cannot express: the address for other cluster nodes."""
    return f"[{{kernel, [{{inet_dist_use_interface, {{{HOST.replace('.', ',')}}}}}]}}].\n"


def named(home: Home) -> str:
    """Return ``named.conf``."""
    return f"""\
include "{home.configuration / "bind" / "rndc.key"}";
options {{
  directory "{home.data / "bind"}";
  pid-file none;
  session-keyfile "{home.run / "named-session.key"}";
  listen-on port {PORTS["named"]} {{ {HOST}; }};
  listen-on-v6 {{ none; }};
  allow-new-zones yes;
  request-ixfr no;
  recursion no;
  dnssec-validation no;
  allow-notify {{ {HOST}; }};
  minimal-responses yes;
  masterfile-format raw;
}};
controls {{ inet {HOST} port {PORTS["rndc"]} allow {{ {HOST}; }} keys {{ "rndc-key"; }}; }};
"""


def rndc(home: Home) -> str:
    """Return ``rndc.conf``, with which Designate controls BIND."""
    return f"""\
include "{home.configuration / "bind" / "rndc.key"}";
options {{ default-key "rndc-key"; default-server {HOST}; default-port {PORTS["rndc"]}; }};
"""
