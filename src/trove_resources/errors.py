"""Everything this package raises on purpose.

::

    ResourcesError
    ├── CloudError                      a service refused, failed, or did not answer
    │   ├── TransientError              may go well if asked again (5xx, 429, no answer)
    │   ├── QuotaExceededError          the project may not have more
    │   └── RefusedError                will not go well if asked again
    │       ├── ResourceNotFoundError   404
    │       └── ResourceInUseError      409 that ends when something else is gone
    ├── ResourceFailedError             a resource went to its error state
    ├── DeadlineExceededError           a wait took too long
    ├── AmbiguousOwnerError             two resources claim to be the same one
    ├── InvalidSpecError                a combination that cannot be, refused before the first call
    ├── GuardError                      an update would change what it is not about
    ├── LeftoversError                  something could not be deleted
    ├── GuestFailedError                the guest reports that it cannot
    ├── FlowStoppedError                a delete asked the flow to stop
    ├── InstanceBusyError               another flow runs for the instance
    ├── WrongEngineError                another engine owns the instance
    ├── ConfigurationError              Trove's configuration is not there, or cannot be used
    ├── DatabaseError                     Trove's database is not as it must be
    │   ├── DatabaseFailedError         it did not answer, or refused
    │   ├── MissingTableError           Trove's own migrations have not been run
    │   ├── MissingColumnsError         ours have not
    │   ├── UnknownRevisionError        there is no such revision
    │   └── OwnershipInUseError            a downgrade would forget who owns instances
    ├── UnknownInstanceError            Trove has no such instance, or has deleted it
    ├── TaskLogError                    the task log is not there, or cannot be read
    ├── UnknownTaskError                the task log has no such task
    ├── UnknownManagerError             no resource manager has this name
    ├── UnusableManagerError            what has this name is no resource manager
    └── OperationIsNotSupported         the resource manager does not do this
"""

from collections.abc import Sequence
from dataclasses import dataclass


class ResourcesError(Exception):
    """The root of the tree."""


class CloudError(ResourcesError):
    """A service refused a request, failed at it, or did not answer.

    ``status`` is None without an answer; ``request_id`` is the service's own, to be looked for in its logs.
    """

    def __init__(
        self,
        *,
        service: str,
        request: str,
        status: int | None,
        said: str,
        request_id: str | None = None,
    ) -> None:
        self.service = service
        self.request = request
        self.status = status
        self.said = said
        self.request_id = request_id
        answer = f"answered {status}" if status else "did not answer"
        where = f" ({request_id})" if request_id else ""
        super().__init__(f"{service}: {request} {answer}{where}: {said}")


class TransientError(CloudError):
    """May go well if asked again."""


class QuotaExceededError(CloudError):
    """The project may not have more: raise its quota in this service, or delete something."""


class RefusedError(CloudError):
    """Will not go well if asked again."""


class ResourceNotFoundError(RefusedError):
    """No such resource, or not one the service user sees."""


class ResourceInUseError(RefusedError):
    """In use, or in a state that does not allow it: goes well once something else has happened."""


class ResourceFailedError(ResourcesError):
    """A resource went to its error state; ``fault`` is what the cloud says of it."""

    def __init__(self, *, kind: str, resource_id: str, status: str, fault: str) -> None:
        self.kind = kind
        self.resource_id = resource_id
        self.status = status
        self.fault = fault
        super().__init__(f"{kind} {resource_id} is {status}: {fault}")


class DeadlineExceededError(ResourcesError):
    """A wait took too long; ``last`` is what the cloud said last."""

    def __init__(self, *, what: str, seconds: float, last: str) -> None:
        self.what = what
        self.seconds = seconds
        self.last = last
        super().__init__(f"waited {seconds:.0f} s for {what}; the cloud said last: {last}")


class AmbiguousOwnerError(ResourcesError):
    """Two or more resources carry the same owner marker; none is touched."""

    def __init__(self, *, kind: str, owner: str, resource_ids: Sequence[str]) -> None:
        self.kind = kind
        self.owner = owner
        self.resource_ids = tuple(resource_ids)
        found = ", ".join(self.resource_ids)
        super().__init__(
            f"{len(self.resource_ids)} of kind {kind} belong to {owner}: {found}; keep one and delete the rest"
        )


class InvalidSpecError(ResourcesError):
    """A combination that cannot be; ``field`` says where."""

    def __init__(self, field: str, reason: str) -> None:
        self.field = field
        self.reason = reason
        super().__init__(f"{field}: {reason}")


class GuardError(ResourcesError):
    """An update of a stack would change what it is not about; nothing was sent. ``paths`` say what."""

    def __init__(self, paths: Sequence[str]) -> None:
        self.paths = tuple(paths)
        super().__init__(f"the stack's template would change in {', '.join(self.paths)}, which this is not about")


@dataclass(frozen=True, slots=True, kw_only=True)
class Leftover:
    """A resource that is still there, and why."""

    kind: str
    resource_id: str
    reason: str

    def __str__(self) -> str:
        return f"{self.kind} {self.resource_id} ({self.reason})"


class LeftoversError(ResourcesError):
    """Something could not be deleted; asking again tries again."""

    def __init__(self, leftovers: Sequence[Leftover]) -> None:
        self.leftovers = tuple(leftovers)
        super().__init__("not deleted: " + "; ".join(map(str, self.leftovers)))


class GuestFailedError(ResourcesError):
    """The guest reports that it cannot do what it was told; ``status`` is its report."""

    def __init__(self, instance_id: str, status: str) -> None:
        self.instance_id = instance_id
        self.status = status
        super().__init__(f"the guest of instance {instance_id} reports: {status}")


class FlowStoppedError(ResourcesError):
    """The flow was asked to stop before its next step, and was undone."""


class InstanceBusyError(ResourcesError):
    """Another flow runs for the instance."""

    def __init__(self, instance_id: str, operation: str) -> None:
        self.instance_id = instance_id
        self.operation = operation
        super().__init__(f"instance {instance_id}: {operation} is running; ask again when it has ended")


class WrongEngineError(ResourcesError):
    """Another engine owns the instance."""

    def __init__(self, instance_id: str, *, engine: str, manager: str) -> None:
        self.instance_id = instance_id
        self.engine = engine
        self.manager = manager
        super().__init__(
            f"instance {instance_id} was provisioned by the engine {engine}, and resource_manager = {manager} leaves it"
            f" alone; set resource_manager to one that manages it ({engine}, migration), or correct provisioning_engine"
            " in the row if that is wrong"
        )


class ConfigurationError(ResourcesError):
    """Trove's configuration is not there, or what it says cannot be used."""


class DatabaseError(ResourcesError):
    """Trove's database is not as it must be; ``database`` is its URL, masked."""

    def __init__(self, database: str, reason: str) -> None:
        self.database = database
        super().__init__(f"the database {database} {reason}")


class DatabaseFailedError(DatabaseError):
    """The database did not answer, or refused; ``said`` is its own message."""

    def __init__(self, database: str, said: str) -> None:
        self.said = said
        super().__init__(database, f"failed: {said}")


class MissingTableError(DatabaseError):
    """There is no table ``instances``: Trove's own migrations come first."""

    def __init__(self, database: str) -> None:
        super().__init__(database, "has no table instances; run trove-manage db_sync first")


class MissingColumnsError(DatabaseError):
    """The table ``instances`` does not have our columns."""

    def __init__(self, database: str, columns: Sequence[str]) -> None:
        self.columns = tuple(columns)
        super().__init__(
            database, f"has no {' and no '.join(columns)} in its table instances; run trove-resources db upgrade"
        )


class UnknownRevisionError(DatabaseError):
    """There is no such revision: the one asked for, or the one a newer release left in the database."""

    def __init__(self, database: str, revision: str, said: str, known: Sequence[str]) -> None:
        self.revision = revision
        self.known = tuple(known)
        super().__init__(database, f"does not go to revision {revision!r}: {said}; there are {', '.join(known)}")


class OwnershipInUseError(DatabaseError):
    """A downgrade would forget who owns instances: without the record each counts as native."""

    def __init__(self, database: str, count: int) -> None:
        self.count = count
        super().__init__(
            database,
            f"says of {count} instances that another engine than native owns them; delete them first, or keep the"
            " columns",
        )


class UnknownInstanceError(ResourcesError):
    """Trove has no such instance, or has deleted it; ``reason`` says which is wrong with the id."""

    def __init__(self, instance_id: str, reason: str) -> None:
        self.instance_id = instance_id
        self.reason = reason
        super().__init__(f"{instance_id!r} {reason}")


class TaskLogError(ResourcesError):
    """The task log is not there, or cannot be read."""

    def __init__(self, path: str, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(f"the task log {path} {reason}" if path else f"the task log {reason}")


class UnknownTaskError(ResourcesError):
    """The task log has no such task, or several whose ids begin so."""

    def __init__(self, task_id: str, reason: str) -> None:
        self.task_id = task_id
        self.reason = reason
        super().__init__(f"{task_id!r} {reason}")


class UnknownManagerError(ResourcesError):
    """No resource manager has this name."""

    def __init__(self, name: str, known: Sequence[str]) -> None:
        self.name = name
        self.known = tuple(known)
        there = f"there are {', '.join(self.known)}" if self.known else "none is installed"
        super().__init__(f"resource_manager = {name}: there is none of this name; {there}")


class UnusableManagerError(ResourcesError):
    """Something has this name, and is no resource manager or cannot be loaded."""

    def __init__(self, name: str, reason: str) -> None:
        self.name = name
        self.reason = reason
        super().__init__(f"resource_manager = {name}: {reason}")


class OperationIsNotSupported(ResourcesError):  # noqa: N818 - the name the operators' specification has for it
    """The resource manager does not do this."""

    def __init__(self, manager: str, operation: str) -> None:
        self.manager = manager
        self.operation = operation
        super().__init__(f"the resource manager {manager} does not support {operation}")
