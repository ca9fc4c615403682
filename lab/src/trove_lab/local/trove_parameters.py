"""The parameters that configuration groups may set, as Trove's database holds them for each datastore version.

``trove-manage db_load_datastore_config_parameters`` would load them, but not into SQLite: it writes limits as numbers,
and SQLite accepts none above 64 bits. It also commits every parameter by itself, which takes seconds at each start.
"""

import json
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import sqlalchemy
import trove

TEMPLATES = Path(trove.__path__[0], "templates")
"""Trove's templates. Those of each datastore come with its parameters."""
_VERSION = sqlalchemy.text("""
    select datastore_versions.id from datastore_versions join datastores on datastore_id = datastores.id
    where datastores.name = :datastore and datastore_versions.name = :version
""")
_COLUMNS = ("id", "name", "datastore_version_id", "restart_required", "min_size", "max_size", "data_type")
_TABLE = sqlalchemy.table("datastore_configuration_parameters", *map(sqlalchemy.column, _COLUMNS))


def load(engine: sqlalchemy.Engine, datastore: str, version: str, manager: str) -> None:
    """Load the parameters of a datastore version, unless it has some. Raises whatever SQLAlchemy raises."""
    with engine.begin() as connection:
        version_id = connection.scalar(_VERSION, {"datastore": datastore, "version": version})
        if connection.scalar(_TABLE.select().where(_TABLE.c.datastore_version_id == version_id)) is None:
            connection.execute(_TABLE.insert(), [_row(rule, version_id) for rule in rules(manager)])


def rules(manager: str) -> list[Mapping[str, Any]]:
    """Return the parameters of a datastore manager as Trove's file has them."""
    text = (TEMPLATES / manager / "validation-rules.json").read_text()
    found: list[Mapping[str, Any]] = json.loads(text)["configuration-parameters"]
    return found


def _row(rule: Mapping[str, Any], version_id: str) -> Mapping[str, Any]:
    """Return the row of a parameter. Its limits are strings."""
    return {
        "id": str(uuid.uuid4()),
        "name": rule["name"],
        "datastore_version_id": version_id,
        "restart_required": rule["restart_required"],
        "min_size": str(rule["min"]) if "min" in rule else None,
        "max_size": str(rule["max"]) if "max" in rule else None,
        "data_type": rule["type"],
    }
