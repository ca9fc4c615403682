"""Heat: the stacks in the service user's project.

The SDK's own orchestration layer is not used: it sends a create instead of an adoption, and does not find adopted
stacks.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import quote

from trove_resources.clouds.service import Json, Service
from trove_resources.errors import ResourceNotFoundError


@dataclass(frozen=True, slots=True, kw_only=True)
class StackRef:
    """A stack by name and id: with both in the path, Heat does not redirect."""

    name: str
    id: str

    @property
    def path(self) -> str:
        """The stack's path in Heat's API."""
        return f"/stacks/{quote(self.name)}/{self.id}"

    def __str__(self) -> str:
        return f"{self.name}/{self.id}"

    @classmethod
    def of(cls, text: str) -> Self:
        """Return the reference that has this text as its ``str``."""
        name, _, id_ = text.partition("/")
        return cls(name=name, id=id_)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """A stack, as Heat shows it. ``action`` is the last action, ``status`` the action's status."""

    ref: StackRef
    action: str
    """``CREATE``, ``UPDATE``, ``ROLLBACK``, ``ADOPT``, ``DELETE`` …"""
    status: str
    """``IN_PROGRESS``, ``COMPLETE`` or ``FAILED``."""
    reason: str
    updated_at: str | None = None
    """None until the first update."""
    tags: tuple[str, ...] = ()
    outputs: Mapping[str, Any] = field(default_factory=dict)
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class StackResource:
    """A resource of a stack."""

    name: str
    type: str
    physical_id: str | None
    action: str
    status: str
    reason: str
    attributes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class StackEvent:
    """An event of a stack, or of one of its resources."""

    id: str
    resource: str
    """The resource's name; for an event of the stack itself, the stack's name."""
    status: str
    """Action and status, such as ``UPDATE_IN_PROGRESS``."""
    reason: str
    time: str
    physical_id: str = ""
    """The resource's id in its service; empty while it has none."""


class Orchestration:
    """Heat. Each method sends one request. A long operation has only begun when its method returns."""

    def __init__(self, service: Service) -> None:
        self._heat = service
        self._types: frozenset[str] | None = None

    def create(self, name: str, template: Json, *, tags: Sequence[str], minutes: int, **more: Any) -> StackRef:
        """Begin to create a stack, without rollback. Raises ResourceInUseError if the name is taken.

        ``minutes`` is the timeout; ``more`` may have ``environment`` and ``parameters``.
        """
        body = {"stack_name": name, **_body(template, tags, minutes), "disable_rollback": True, **more}
        return StackRef(name=name, id=str(self._heat.post("/stacks", body)["stack"]["id"]))

    def adopt(self, name: str, data: Json, *, tags: Sequence[str], minutes: int, **more: Any) -> StackRef:
        """Begin to adopt existing resources: ``data`` is what ``abandon`` returns. Heat does not check its ids."""
        body = {"stack_name": name, "adopt_stack_data": json.dumps(data), **_tagged(tags, minutes), **more}
        return StackRef(name=name, id=str(self._heat.post("/stacks", body)["stack"]["id"]))

    def find(self, name: str) -> list[Stack]:
        """Return the stacks with a name: none or one."""
        return [_stack(row) for row in self._pages({"name": name})]

    def find_tagged(self, tag: str) -> list[Stack]:
        """Return the stacks with a tag."""
        return [_stack(row) for row in self._pages({"tags": tag})]

    def in_progress(self, tag: str) -> list[Stack]:
        """Return the stacks in progress that have a tag. Heat cannot filter by both: Heat 27 answers 500."""
        found = map(_stack, self._pages({"status": "IN_PROGRESS"}))
        return [stack for stack in found if tag in stack.tags]

    def every(self) -> list[Stack]:
        """Return all stacks of the project, whoever created them."""
        return [_stack(row) for row in self._pages({})]

    def stack(self, ref: StackRef, *, outputs: bool = False) -> Stack | None:
        """Return a stack, or None if it does not exist. For its outputs Heat reads every resource."""
        query = {} if outputs else {"resolve_outputs": "false"}
        try:
            stack = _stack(self._heat.get(ref.path, query)["stack"])
        except ResourceNotFoundError:
            return None
        return None if (stack.action, stack.status) == ("DELETE", "COMPLETE") else stack

    def stacks(self, refs: Iterable[StackRef]) -> dict[StackRef, Stack]:
        """Return the stacks that exist, with one list request per hundred."""
        ids = sorted({ref.id for ref in refs})
        chunks = (ids[first : first + IDS] for first in range(0, len(ids), IDS))
        return {stack.ref: stack for chunk in chunks for stack in map(_stack, self._pages({"id": chunk}))}

    def patch(self, ref: StackRef, *, minutes: int, rollback: bool, **more: Any) -> None:
        """Begin an update. What ``more`` does not have stays: ``template``, ``parameters``, ``environment``, ``tags``.

        Hidden parameters keep their values, which Heat never shows. ``tags`` is one text, and replaces all tags. Never
        repeat it blindly: a second update undoes the first.
        """
        self._heat.send("PATCH", ref.path, {"timeout_mins": minutes, "disable_rollback": not rollback, **more})

    def cancel(self, ref: StackRef, *, rollback: bool) -> None:
        """Cancel the update in progress, with or without a rollback."""
        action = "cancel_update" if rollback else "cancel_without_rollback"
        self._heat.send("POST", f"{ref.path}/actions", {action: None})

    def delete(self, ref: StackRef) -> None:
        """Begin to delete a stack with all its resources. Raises ResourceNotFoundError if it does not exist."""
        self._heat.delete(ref.path)

    def abandon(self, ref: StackRef) -> Json:
        """Begin to delete a stack without its resources; return the data for ``adopt``."""
        return self._heat.delete(f"{ref.path}/abandon")

    def resources(self, ref: StackRef) -> list[StackResource]:
        """Return a stack's resources."""
        return [_resource(row) for row in self._heat.get(f"{ref.path}/resources")["resources"]]

    def resource(self, ref: StackRef, name: str, *, attributes: Sequence[str] = ()) -> StackResource:
        """Return a resource, with the values of some attributes. Raises ResourceNotFoundError."""
        query = {"with_attr": list(attributes)} if attributes else None
        return _resource(self._heat.get(f"{ref.path}/resources/{quote(name)}", query)["resource"])

    def show_resource(self, ref: StackRef, name: str) -> Json:
        """Return a resource as its own service shows it to Heat; empty if the service no longer has it.

        Raises ResourceNotFoundError if the stack has no resource with the name.
        """
        return self.resource(ref, name, attributes=["show"]).attributes.get("show") or {}

    def signal(self, ref: StackRef, resource: str, details: Json) -> None:
        """Send a signal to a resource. Raises RefusedError if the resource's type refuses it."""
        self._heat.send("POST", f"{ref.path}/resources/{quote(resource)}/signal", details)

    def events(self, ref: StackRef) -> list[StackEvent]:
        """Return a stack's events in order."""
        return [_event(row) for row in self._heat.get(f"{ref.path}/events", {"sort_dir": "asc"})["events"]]

    def output(self, ref: StackRef, name: str) -> Any:
        """Return the value of an output. Raises ResourceNotFoundError."""
        return self._heat.get(f"{ref.path}/outputs/{quote(name)}")["output"]["output_value"]

    def template(self, ref: StackRef) -> Json:
        """Return a stack's template."""
        return self._heat.get(f"{ref.path}/template")

    def environment(self, ref: StackRef) -> Json:
        """Return a stack's environment: ``parameters``, ``resource_registry`` and others."""
        return self._heat.get(f"{ref.path}/environment")

    def has_type(self, name: str) -> bool:
        """Return whether Heat has a resource type. The types are read once: they change when heat-engine restarts."""
        if self._types is None:
            self._types = frozenset(self.resource_types())
        return name in self._types

    def resource_types(self) -> list[str]:
        """Return the names of Heat's resource types."""
        return [str(each) for each in self._heat.get("/resource_types")["resource_types"]]

    def type_version(self, name: str) -> str | None:
        """Return the version that a type says it exists since. Raises ResourceNotFoundError."""
        support = self._heat.get(f"/resource_types/{quote(name)}").get("support_status") or {}
        return support.get("version") or None

    def type_properties(self, name: str) -> Json:
        """Return the schemas of a type's properties, by name. Raises ResourceNotFoundError."""
        schemas: Json = self._heat.get(f"/resource_types/{quote(name)}").get("properties") or {}
        return schemas

    def _pages(self, query: Json) -> list[Json]:
        rows: list[Json] = []
        while True:
            page = self._heat.get("/stacks", {**query, "sort_keys": "created_at", "limit": PAGE})["stacks"]
            # Heat still lists a deleted stack for a moment.
            rows += [row for row in page if row["stack_status"] != "DELETE_COMPLETE"]
            if len(page) < PAGE:
                return rows
            query = {**query, "marker": page[-1]["id"]}


PAGE = 500
"""Stacks per list request; Heat's own limit is 1000."""
IDS = 100
"""Ids per query: 4 KB."""


def _body(template: Json, tags: Sequence[str], minutes: int) -> Json:
    return {"template": template, **_tagged(tags, minutes)}


def _tagged(tags: Sequence[str], minutes: int) -> Json:
    return {"tags": ",".join(tags), "timeout_mins": minutes}


def _stack(row: Json) -> Stack:
    action, _, status = row["stack_status"].partition("_")
    return Stack(
        ref=StackRef(name=row["stack_name"], id=row["id"]),
        action=action,
        status=status,
        reason=row.get("stack_status_reason") or "",
        updated_at=row.get("updated_time"),
        tags=tuple(row.get("tags") or ()),
        outputs={each["output_key"]: each.get("output_value") for each in row.get("outputs", ())},
        parameters=row.get("parameters", {}),
    )


def _resource(row: Json) -> StackResource:
    action, _, status = row["resource_status"].partition("_")
    return StackResource(
        name=row["resource_name"],
        type=row["resource_type"],
        physical_id=row.get("physical_resource_id") or None,
        action=action,
        status=status,
        reason=row.get("resource_status_reason") or "",
        attributes=row.get("attributes", {}),
    )


def _event(row: Json) -> StackEvent:
    return StackEvent(
        id=row["id"],
        resource=row["resource_name"],
        status=row["resource_status"],
        reason=row.get("resource_status_reason") or "",
        time=row["event_time"],
        physical_id=row.get("physical_resource_id") or "",
    )
