"""How large a data volume is, whatever a template says."""

from collections.abc import Iterable, Mapping
from typing import Any

from trove_resources.clouds.orchestration import Orchestration, StackRef
from trove_resources.clouds.service import Json
from trove_resources.flows.context import FlowContext
from trove_resources.flows.waiting import Wait
from trove_resources.orchestrator.template import change, names

VOLUME = names.volume("data")


class VolumeWatch:
    """How data volumes are asked for. Heat lists no attributes: each stack is asked for its own."""

    def __init__(self, heat: Orchestration) -> None:
        self._heat = heat
        self.key = ("data volume", heat)

    def one(self, resource_id: str) -> Json | None:
        """Return a volume as Cinder shows it; None when Cinder does not have it."""
        found = self._heat.resource(StackRef.of(resource_id), VOLUME, attributes=["show"])
        shown: Json | None = found.attributes.get("show")
        return shown or None

    def many(self, resource_ids: Iterable[str]) -> Mapping[str, Json]:
        """Return those that are there."""
        found = {each: self.one(each) for each in resource_ids}
        return {each: shown for each, shown in found.items() if shown is not None}


def with_true_size(context: FlowContext, heat: Orchestration, ref: StackRef, template: Json, *, seconds: float) -> Json:
    """Return a template that wants the data volume as large as it is, once that grows no more.

    A stack whose update failed may want one that is smaller, which is refused; or larger, which Heat takes for done
    when it has tried it before. Raises DeadlineExceededError.
    """
    if VOLUME not in template["resources"]:
        return template
    wait: Wait[Any] = Wait(
        what=f"the data volume of stack {ref.name} to end its growth",
        reached=lambda volume: volume is None or volume["status"] != "extending",
        seconds=seconds,
        show=lambda volume: f"{volume['status']}, {volume['size']} GiB" if volume else "not there",
    )
    volume = context.wait(VolumeWatch(heat), str(ref), wait)
    return template if volume is None else change.with_size(template, int(volume["size"]))
