"""Retries of writes to Trove's database."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from oslo_db.api import wrap_db_retry

P = ParamSpec("P")
R = TypeVar("R")


def retry_on_deadlock(write: Callable[P, R]) -> Callable[P, R]:
    """Retry a write, for up to half a minute, when the database aborts it because of a deadlock.

    With Galera, two writes of a row on two nodes at the same time are a deadlock. Trove itself does not retry: such a
    write fails its task.
    """
    again: Callable[P, R] = wrap_db_retry(max_retries=10, max_retry_interval=4, retry_on_deadlock=True)(write)
    return again
