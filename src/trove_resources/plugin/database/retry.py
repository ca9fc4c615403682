"""Writes to Trove's database, which may lose against somebody else's."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from oslo_db.api import wrap_db_retry

P = ParamSpec("P")
R = TypeVar("R")


def retry_on_deadlock(write: Callable[P, R]) -> Callable[P, R]:
    """Have a write done once more, up to half a minute, when the database gave another one way.

    That is a deadlock; with Galera any two writes of a row at once, on two nodes. Trove itself lets such a write fail,
    and the task it is of.
    """
    again: Callable[P, R] = wrap_db_retry(max_retries=10, max_retry_interval=4, retry_on_deadlock=True)(write)
    return again
