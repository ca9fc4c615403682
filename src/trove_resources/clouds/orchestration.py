"""Heat: stacks, for the service user's project.

The SDK's own orchestration layer is not used: it turns an adoption into a create, a preview into an update, and finds
no stack that was adopted.
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
    """A stack by name and id: with both in its path Heat does not redirect."""

    name: str
    id: str

    @property
    def path(self) -> str:
        """Where the stack is."""
        return f"/stacks/{quote(self.name)}/{self.id}"

    def __str__(self) -> str:
        return f"{self.name}/{self.id}"

    @classmethod
    def of(cls, text: str) -> Self:
        """Return the stack that ``str`` made this text of."""
        name, _, id_ = text.partition("/")
        return cls(name=name, id=id_)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """A stack, as Heat shows it. ``action`` is what was done last, ``status`` how far that is."""

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
    """Something that happened to a stack, or to a resource of it."""

    id: str
    resource: str
    """The resource's name; the stack's for the stack itself."""
    status: str
    """Action and status: ``UPDATE_IN_PROGRESS``."""
    reason: str
    time: str
    physical_id: str = ""
    """What the resource is in its service; empty while there is none."""


class Orchestration:
    """Heat. A method is one request; what takes long has only begun when it returns."""

    def __init__(self, service: Service) -> None:
        self._heat = service
        self._types: frozenset[str] | None = None

    def create(self, name: str, template: Json, *, tags: Sequence[str], minutes: int, **more: Any) -> StackRef:
        """Begin a stack, without a rollback of its own. Raises ResourceInUseError when there is one of the name.

        ``minutes`` is its deadline; ``more`` are ``environment`` and ``parameters``.
        """
        body = {"stack_name": name, **_body(template, tags, minutes), "disable_rollback": True, **more}
        return StackRef(name=name, id=str(self._heat.post("/stacks", body)["stack"]["id"]))

    def adopt(self, name: str, data: Json, *, tags: Sequence[str], minutes: int, **more: Any) -> StackRef:
        """Begin a stack of resources that are there, as ``abandon`` returns them. Heat believes every id in it."""
        body = {"stack_name": name, "adopt_stack_data": json.dumps(data), **_tagged(tags, minutes), **more}
        return StackRef(name=name, id=str(self._heat.post("/stacks", body)["stack"]["id"]))

    def find(self, name: str) -> list[Stack]:
        """Return the stacks of a name: none or one."""
        return [_stack(row) for row in self._pages({"name": name})]

    def find_tagged(self, tag: str) -> list[Stack]:
        """Return the stacks with a tag."""
        return [_stack(row) for row in self._pages({"tags": tag})]

    def at_work(self, tag: str) -> list[Stack]:
        """Return the stacks with a tag that Heat is at work on. Its list cannot be asked for both (Heat 27: 500)."""
        found = map(_stack, self._pages({"status": "IN_PROGRESS"}))
        return [stack for stack in found if tag in stack.tags]

    def every(self) -> list[Stack]:
        """Return all stacks of the project, whoever made them."""
        return [_stack(row) for row in self._pages({})]

    def stack(self, ref: StackRef, *, outputs: bool = False) -> Stack | None:
        """Return a stack, or None when it is gone. Its outputs cost Heat a look at every resource."""
        query = {} if outputs else {"resolve_outputs": "false"}
        try:
            stack = _stack(self._heat.get(ref.path, query)["stack"])
        except ResourceNotFoundError:
            return None
        return None if (stack.action, stack.status) == ("DELETE", "COMPLETE") else stack

    def stacks(self, refs: Iterable[StackRef]) -> dict[StackRef, Stack]:
        """Return those of the stacks that are there, by one list; one for each hundred, if there are more."""
        ids = sorted({ref.id for ref in refs})
        chunks = (ids[first : first + IDS] for first in range(0, len(ids), IDS))
        return {stack.ref: stack for chunk in chunks for stack in map(_stack, self._pages({"id": chunk}))}

    def update(
        self, ref: StackRef, template: Json, *, tags: Sequence[str], minutes: int, rollback: bool, **more: Any
    ) -> None:
        """Begin an update to a whole template. Never to be repeated blindly: a second one undoes the first."""
        body = {**_body(template, tags, minutes), "disable_rollback": not rollback, **more}
        self._heat.send("PUT", ref.path, body)

    def patch(self, ref: StackRef, *, minutes: int, rollback: bool, **more: Any) -> None:
        """Begin an update in which all stays that is not in ``more``: ``template``, ``parameters``, ``environment``.

        Hidden parameters keep their values, which Heat shows to nobody. ``tags``, as one text, are replaced as a whole.
        """
        self._heat.send("PATCH", ref.path, {"timeout_mins": minutes, "disable_rollback": not rollback, **more})

    def preview(self, ref: StackRef, template: Json, **more: Any) -> Json:
        """Return what an update would do: ``added``, ``deleted``, ``replaced``, ``unchanged``, ``updated``.

        It calls a server replaced that would not change: not to be trusted alone.
        """
        answer: Json = self._heat.put(f"{ref.path}/preview", {"template": template, **more})["resource_changes"]
        return answer

    def cancel(self, ref: StackRef, *, rollback: bool) -> None:
        """End an update that runs; with ``rollback`` it is taken back."""
        self._act(ref, "cancel_update" if rollback else "cancel_without_rollback")

    def check(self, ref: StackRef) -> None:
        """Have Heat look at the resources; it does at servers and volumes only."""
        self._act(ref, "check")

    def delete(self, ref: StackRef) -> None:
        """Begin the end of a stack and of all its resources. Raises ResourceNotFoundError when it is gone."""
        self._heat.delete(ref.path)

    def abandon(self, ref: StackRef) -> Json:
        """Begin the end of a stack without its resources; return what ``adopt`` takes."""
        return self._heat.delete(f"{ref.path}/abandon")

    def resources(self, ref: StackRef) -> list[StackResource]:
        """Return a stack's resources."""
        return [_resource(row) for row in self._heat.get(f"{ref.path}/resources")["resources"]]

    def resource(self, ref: StackRef, name: str, *, attributes: Sequence[str] = ()) -> StackResource:
        """Return a resource, with attributes of it. Raises ResourceNotFoundError."""
        query = {"with_attr": list(attributes)} if attributes else None
        return _resource(self._heat.get(f"{ref.path}/resources/{quote(name)}", query)["resource"])

    def shown(self, ref: StackRef, name: str) -> Json:
        """Return a resource as its own service shows it to Heat; nothing when that does not have it any more.

        Raises ResourceNotFoundError when the stack has none of the name.
        """
        return self.resource(ref, name, attributes=["show"]).attributes.get("show") or {}

    def signal(self, ref: StackRef, resource: str, details: Json) -> None:
        """Send a signal to a resource. What its plug-in refuses at once is a RefusedError."""
        self._heat.send("POST", f"{ref.path}/resources/{quote(resource)}/signal", details)

    def events(self, ref: StackRef, since: str | None = None) -> list[StackEvent]:
        """Return a stack's events in order, those after the event ``since``."""
        query: Json = {"sort_dir": "asc", **({"marker": since} if since else {})}
        return [_event(row) for row in self._heat.get(f"{ref.path}/events", query)["events"]]

    def output(self, ref: StackRef, name: str) -> Any:
        """Return the value of an output. Raises ResourceNotFoundError."""
        return self._heat.get(f"{ref.path}/outputs/{quote(name)}")["output"]["output_value"]

    def template(self, ref: StackRef) -> Json:
        """Return a stack's template."""
        return self._heat.get(f"{ref.path}/template")

    def environment(self, ref: StackRef) -> Json:
        """Return a stack's environment: ``parameters``, ``resource_registry`` and more."""
        return self._heat.get(f"{ref.path}/environment")

    def validate(self, template: Json, **more: Any) -> None:
        """Have Heat look at a template. Raises RefusedError, with what is wrong, when it cannot be."""
        self._heat.post("/validate", {"template": template, **more})

    def has_type(self, name: str) -> bool:
        """Say whether Heat has a type. All it has are asked for once: an engine's change when it starts again."""
        if self._types is None:
            self._types = frozenset(self.resource_types())
        return name in self._types

    def resource_types(self, name: str | None = None) -> list[str]:
        """Return the names of the types that Heat has; with ``name``, a pattern, those that match."""
        types = self._heat.get("/resource_types", {"name": name} if name else None)["resource_types"]
        return [str(each) for each in types]

    def type_version(self, name: str) -> str | None:
        """Return since which version there is a type, as it says itself. Raises ResourceNotFoundError."""
        support = self._heat.get(f"/resource_types/{quote(name)}").get("support_status") or {}
        return support.get("version") or None

    def type_properties(self, name: str) -> Json:
        """Return the schemata of a type's properties, by name. Raises ResourceNotFoundError."""
        schemata: Json = self._heat.get(f"/resource_types/{quote(name)}").get("properties") or {}
        return schemata

    def _act(self, ref: StackRef, action: str) -> None:
        self._heat.send("POST", f"{ref.path}/actions", {action: None})

    def _pages(self, query: Json) -> list[Json]:
        rows: list[Json] = []
        while True:
            page = self._heat.get("/stacks", {**query, "sort_keys": "created_at", "limit": PAGE})["stacks"]
            # For a moment Heat still lists what it has deleted.
            rows += [row for row in page if row["stack_status"] != "DELETE_COMPLETE"]
            if len(page) < PAGE:
                return rows
            query = {**query, "marker": page[-1]["id"]}


PAGE = 500
"""Stacks asked for at once; Heat's own limit is 1000."""
IDS = 100
"""How many ids are in one query: 4 KB."""


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
