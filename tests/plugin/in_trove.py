"""A process of Trove: its migrations run before and after ours, then its models use our columns.

It is run with a configuration file, and writes what it saw as JSON. Trove's tables are mapped once per process.
"""

import contextlib
import json
import sys

from oslo_config import cfg
from sqlalchemy.exc import InvalidRequestError
from trove.common import cfg as trove_cfg
from trove.db import get_db_api
from trove.db.sqlalchemy import session

from trove_resources.plugin.database import ownership

BEFORE = "f90016d7baf8"


def main() -> None:
    """Do what operators and services do, in that order."""
    trove_cfg.parse_args(["trove-manage", "--config-file", sys.argv[1]])
    api = get_db_api()
    with_columns = sys.argv[2] == "with"
    api.db_upgrade(cfg.CONF, BEFORE)
    if with_columns:
        ownership.upgrade(session.get_engine())
    api.db_sync(cfg.CONF)
    api.db_sync(cfg.CONF)
    api.configure_db()
    sys.stdout.write(json.dumps(models() if with_columns else without_columns()))


def models() -> dict[str, object]:
    """Write through Trove's models, and read back."""
    from trove.instance.models import BaseInstance, DBInstance  # noqa: PLC0415 - reads the configuration
    from trove.instance.tasks import InstanceTasks  # noqa: PLC0415

    ownership.require_columns(session.get_engine())
    ours = DBInstance.create(
        name="a", task_status=InstanceTasks.NONE, provisioning_engine="orchestrator", tenant_id="t"
    )
    old = DBInstance.create(name="b", task_status=InstanceTasks.NONE, tenant_id="t")
    instance = BaseInstance.__new__(BaseInstance)
    instance.db_info = DBInstance.find_by(id=ours.id)
    instance.update_db(stack_id="s", hostname="h")
    by_stack = DBInstance.find_by(stack_id="s")
    by_engine = [each.id for each in DBInstance.find_all(provisioning_engine="orchestrator").all()]
    native = DBInstance.find_by_filter(filters=[DBInstance.provisioning_engine.is_(None)], deleted=False).all()
    by_stack.delete()
    deleted = DBInstance.find_by(id=ours.id)
    return {
        "found by stack": by_stack.id == ours.id,
        "read again": [by_stack.provisioning_engine, by_stack.stack_id, by_stack.hostname],
        "found by engine": by_engine == [ours.id],
        "native": [each.id for each in native] == [old.id],
        "after a delete": [bool(deleted.deleted), deleted.provisioning_engine, deleted.stack_id],
        "shown by the API": sorted({*ownership.COLUMNS} & {*DBInstance._data_fields}),  # noqa: SLF001 - what it shows
    }


def without_columns() -> dict[str, object]:
    """Write an attribute that has no column."""
    from trove.instance.models import DBInstance  # noqa: PLC0415 - reads the configuration
    from trove.instance.tasks import InstanceTasks  # noqa: PLC0415

    made = DBInstance.create(name="a", task_status=InstanceTasks.NONE, tenant_id="t")
    made.stack_id = "s"
    made.save()
    with contextlib.suppress(InvalidRequestError):
        DBInstance.find_by(stack_id="s")
    return {"lost": not hasattr(DBInstance.find_by(id=made.id), "stack_id")}


if __name__ == "__main__":
    main()
