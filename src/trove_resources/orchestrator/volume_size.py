"""How large a data volume is, whatever a template says."""

from typing import Any

from trove_resources.clouds.orchestration import Orchestration, StackRef
from trove_resources.clouds.service import Json
from trove_resources.flows.context import FlowContext
from trove_resources.flows.waiting import OneByOne, Wait
from trove_resources.orchestrator.template import change, names

VOLUME = names.volume("data")


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
    watch = OneByOne(("data volume", heat), lambda each: heat.shown(StackRef.of(each), VOLUME) or None)
    volume = context.wait(watch, str(ref), wait)
    return template if volume is None else change.with_size(template, int(volume["size"]))
