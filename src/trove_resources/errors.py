"""The exceptions of this package.

::

    ResourcesError
    ├── CloudError                      a service refused a request, failed, or did not answer
    │   ├── TransientError              may succeed when retried (5xx, 429, no answer)
    │   ├── QuotaExceededError          the project's quota is used up
    │   └── RefusedError                will not succeed when retried
    │       ├── ResourceNotFoundError   404
    │       ├── ResourceInUseError      409 that ends when something else is deleted or detached
    │       ├── NoServiceError          the deployment has no such service
    │       └── MoveRefusedError        Nova refused to move a server; nothing was changed
    ├── ResourceFailedError             a resource is in an error state, or missing
    │   ├── WrongStateError             a resource is not in the state that an operation needs; nothing was changed
    │   └── ResizeRefusedError          Nova refused a resize; the server has its old flavor
    ├── DeadlineExceededError           a wait timed out
    ├── AmbiguousOwnerError             two resources carry the same owner marker
    ├── InvalidSpecError                invalid arguments, refused before the first request
    ├── GuardError                      an update would change more than it should
    ├── LeftoversError                  something could not be deleted
    ├── GuestFailedError                the guest reports a failure
    ├── FlowStoppedError                a delete asked the flow to stop
    ├── InstanceBusyError               another task runs for the instance
    ├── WrongEngineError                another engine owns the instance
    ├── ConfigurationError              Trove's configuration is missing or invalid
    ├── DatabaseError                   Trove's database is not usable as it is
    │   ├── DatabaseFailedError         it did not answer, or refused a query
    │   ├── MissingTableError           Trove's own migrations have not been run
    │   ├── MissingColumnsError         our migrations have not been run
    │   ├── UnknownRevisionError        there is no such revision
    │   └── OwnershipInUseError         a downgrade would forget which engine owns instances
    ├── UnknownInstanceError            Trove has no such instance, or has deleted it
    ├── UnknownEngineError              no manager and no instance names this engine
    ├── TaskLogError                    the task log is missing or unreadable
    ├── UnknownTaskError                the task log has no such task
    ├── UnknownManagerError             no resource manager has this name
    ├── UnusableManagerError            what has this name is not a usable resource manager
    └── OperationIsNotSupported         the resource manager does not support the operation
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from trove_resources.kinds import ResourceKind


class ResourcesError(Exception):
    """The base class."""


class CloudError(ResourcesError):
    """A service refused a request, failed, or did not answer.

    ``status`` is the HTTP status, None without an answer. ``said`` is the service's message, ``request_id`` its id of
    the request, for its logs.
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
    """The request may succeed when it is retried."""


class QuotaExceededError(CloudError):
    """The project's quota is used up: raise it in this service, or delete something."""


class RefusedError(CloudError):
    """The request will not succeed when it is retried."""


class ResourceNotFoundError(RefusedError):
    """The resource does not exist, or is invisible to the service user."""


class ResourceInUseError(RefusedError):
    """The resource is in use, or in a state that does not allow the request."""


class NoServiceError(RefusedError):
    """The service catalog has no such service: the deployment does not have it."""


class MoveRefusedError(RefusedError):
    """Nova refused to resize or migrate a server. Nothing was changed."""

    @classmethod
    def of(cls, error: RefusedError) -> Self:
        """Return the same refusal as a refused move."""
        return cls(
            service=error.service,
            request=error.request,
            status=error.status,
            said=error.said,
            request_id=error.request_id,
        )


class ResourceFailedError(ResourcesError):
    """A resource is in an error state, or missing. ``fault`` is the service's explanation, or what to do."""

    def __init__(self, *, kind: ResourceKind, resource_id: str, status: str, fault: str) -> None:
        self.kind = kind
        self.resource_id = resource_id
        self.status = status
        self.fault = fault
        super().__init__(f"{kind} {resource_id} is {status}: {fault}")


class WrongStateError(ResourceFailedError):
    """A resource is not in the state that an operation needs. Nothing was changed."""


class ResizeRefusedError(ResourceFailedError):
    """Nova refused a resize. The server has its old flavor; the reason is in its actions, not in its fault."""


class DeadlineExceededError(ResourcesError):
    """A wait timed out. ``last`` is the last state that was seen."""

    def __init__(self, *, what: str, seconds: float, last: str) -> None:
        self.what = what
        self.seconds = seconds
        self.last = last
        super().__init__(f"timed out after {seconds:.0f} s waiting for {what}; last state: {last}")


class AmbiguousOwnerError(ResourcesError):
    """Two or more resources carry the same owner marker. None of them was changed."""

    def __init__(self, *, kind: ResourceKind, owner: str, resource_ids: Sequence[str]) -> None:
        self.kind = kind
        self.owner = owner
        self.resource_ids = tuple(resource_ids)
        found = ", ".join(self.resource_ids)
        super().__init__(
            f"{owner} has {len(self.resource_ids)} resources of kind {kind}, and can have one: {found}; keep one and"
            " delete the rest"
        )


class InvalidSpecError(ResourcesError):
    """Invalid arguments. ``field`` names the invalid one."""

    def __init__(self, field: str, reason: str) -> None:
        self.field = field
        self.reason = reason
        super().__init__(f"{field}: {reason}")


class GuardError(ResourcesError):
    """An update of a stack would change more than it should; nothing was sent. ``paths`` name what would change."""

    def __init__(self, paths: Sequence[str]) -> None:
        self.paths = tuple(paths)
        super().__init__(
            f"the update would also change {', '.join(self.paths)} in the stack's template; nothing was sent to Heat"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Leftover:
    """A resource that could not be deleted or restored, and why."""

    kind: ResourceKind
    resource_id: str
    reason: str

    def __str__(self) -> str:
        return f"{self.kind} {self.resource_id} ({self.reason})"


class LeftoversError(ResourcesError):
    """Something could not be deleted. Running the delete again tries again."""

    def __init__(self, leftovers: Sequence[Leftover]) -> None:
        self.leftovers = tuple(leftovers)
        super().__init__("not deleted: " + "; ".join(map(str, self.leftovers)))


class GuestFailedError(ResourcesError):
    """The guest reports a failure. ``status`` is its report."""

    def __init__(self, instance_id: str, status: str) -> None:
        self.instance_id = instance_id
        self.status = status
        super().__init__(f"the guest of instance {instance_id} reports: {status}")


class FlowStoppedError(ResourcesError):
    """The flow was asked to stop before its next step, and was undone."""


class InstanceBusyError(ResourcesError):
    """Another task runs for the instance."""

    def __init__(self, instance_id: str, operation: str) -> None:
        self.instance_id = instance_id
        self.operation = operation
        super().__init__(f"instance {instance_id} is busy with {operation}; try again when it has ended")


class WrongEngineError(ResourcesError):
    """Another engine owns the instance."""

    def __init__(self, instance_id: str, *, engine: str, manager: str) -> None:
        self.instance_id = instance_id
        self.engine = engine
        self.manager = manager
        super().__init__(
            f"instance {instance_id} was provisioned by the engine {engine}, which resource_manager = {manager} does"
            f" not manage; set resource_manager to a manager of {engine}, or correct provisioning_engine in the row if"
            " it is wrong"
        )


class ConfigurationError(ResourcesError):
    """Trove's configuration is missing or invalid."""


class DatabaseError(ResourcesError):
    """Trove's database is not usable as it is. ``database`` is its URL without the password."""

    def __init__(self, database: str, reason: str) -> None:
        self.database = database
        super().__init__(f"the database {database} {reason}")


class DatabaseFailedError(DatabaseError):
    """The database did not answer, or refused a query. ``said`` is its message."""

    def __init__(self, database: str, said: str) -> None:
        self.said = said
        super().__init__(database, f"failed: {said}")


class MissingTableError(DatabaseError):
    """There is no table ``instances``: Trove's own migrations come first."""

    def __init__(self, database: str) -> None:
        super().__init__(database, "has no table instances; run trove-manage db_sync first")


class MissingColumnsError(DatabaseError):
    """The table ``instances`` lacks our columns."""

    def __init__(self, database: str, columns: Sequence[str]) -> None:
        self.columns = tuple(columns)
        super().__init__(
            database, f"has no {' and no '.join(columns)} in its table instances; run trove-resources db upgrade"
        )


class UnknownRevisionError(DatabaseError):
    """There is no such revision: the requested one, or the one that a newer release left in the database."""

    def __init__(self, database: str, revision: str, said: str, known: Sequence[str]) -> None:
        self.revision = revision
        self.known = tuple(known)
        super().__init__(
            database, f"cannot be migrated to revision {revision!r}: {said}; known revisions: {', '.join(known)}"
        )


class OwnershipInUseError(DatabaseError):
    """A downgrade would forget which engine owns instances: without our columns each counts as native."""

    def __init__(self, database: str, count: int) -> None:
        self.count = count
        super().__init__(
            database,
            f"has {count} instances that an engine other than native owns; delete them first, or keep the columns",
        )


class UnknownInstanceError(ResourcesError):
    """Trove has no such instance, or has deleted it. ``reason`` says what is wrong with the id."""

    def __init__(self, instance_id: str, reason: str) -> None:
        self.instance_id = instance_id
        self.reason = reason
        super().__init__(f"{instance_id!r} {reason}")


class UnknownEngineError(ResourcesError):
    """No installed manager manages this engine, and no instance names it."""

    def __init__(self, engine: str, known: Sequence[str]) -> None:
        self.engine = engine
        self.known = tuple(known)
        super().__init__(f"unknown engine {engine!r}; known engines: {', '.join(self.known) or 'none'}")


class TaskLogError(ResourcesError):
    """The task log is missing or unreadable."""

    def __init__(self, path: str, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(f"the task log {path} {reason}" if path else f"the task log {reason}")


class UnknownTaskError(ResourcesError):
    """The task log has no such task, or several whose ids begin with the given text."""

    def __init__(self, task_id: str, reason: str) -> None:
        self.task_id = task_id
        self.reason = reason
        super().__init__(f"{task_id!r} {reason}")


class UnknownManagerError(ResourcesError):
    """No resource manager has this name."""

    def __init__(self, name: str, known: Sequence[str]) -> None:
        self.name = name
        self.known = tuple(known)
        installed = f"installed are {', '.join(self.known)}" if self.known else "none is installed"
        super().__init__(f"resource_manager = {name}: no resource manager has this name; {installed}")


class UnusableManagerError(ResourcesError):
    """What has this name is not a resource manager, or cannot be loaded."""

    def __init__(self, name: str, reason: str) -> None:
        self.name = name
        self.reason = reason
        super().__init__(f"resource_manager = {name}: {reason}")


class OperationIsNotSupported(ResourcesError):  # noqa: N818 - the name in the operators' specification
    """The resource manager does not support the operation."""

    def __init__(self, manager: str, operation: str) -> None:
        self.manager = manager
        self.operation = operation
        super().__init__(f"the resource manager {manager} does not support {operation}")
