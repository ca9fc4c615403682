"""Rules that make simulated guests misbehave. A guest asks before it acts whether a rule applies."""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from trove_lab.cloud import fields
from trove_lab.cloud.fields import FieldError

MISBEHAVIORS = {
    "never_reports": "the guest agent is silent: it neither reports nor answers calls",
    "prepare_fails": "prepare fails, and the guest reports FAILED",
    "does_not_start": "the database does not start after a resize, restart or reboot",
    "stop_hangs": "calls that stop the database are never answered",
    "starts_ill": "the database starts or is prepared, but the guest reports FAILED",
    "call_fails": "the call does nothing and returns an error",
    "call_hangs": "the call does nothing and is never answered",
}


@dataclass(slots=True, kw_only=True)
class Misbehavior:
    """A rule by which guests misbehave."""

    id: int
    kind: str
    instance: str = "*"
    """The id or the name of an instance; * matches every instance."""
    flavor: str = "*"
    """The name of a flavor: the guest misbehaves only on a server of this flavor; * matches every flavor."""
    call: str = "*"
    """For the kinds that concern calls, the name of a call of Trove's guest API; * matches every call."""
    times: int | None = None
    """How many times the rule applies; None: always."""
    met: int = 0

    def as_json(self) -> dict[str, Any]:
        """Return the rule as the control API shows it."""
        return asdict(self)


_FIELDS: Mapping[str, Sequence[type]] = {
    "kind": (str,),
    "instance": (str,),
    "flavor": (str,),
    "call": (str,),
    "times": (int, type(None)),
}


def check_kind(given: Mapping[str, Any]) -> None:
    """Raise FieldError unless the field ``kind`` names a misbehavior."""
    if given.get("kind") not in MISBEHAVIORS:
        raise FieldError(f"kind: must be one of {', '.join(MISBEHAVIORS)}")


class Guests:
    """The rules in force."""

    def __init__(self) -> None:
        self._rules: list[Misbehavior] = []
        self._ids = itertools.count(1)

    def __iter__(self) -> Iterator[Misbehavior]:
        """Iterate over the rules."""
        return iter(list(self._rules))

    def add(self, rule: dict[str, Any]) -> Misbehavior:
        """Add a rule. Raise FieldError when a field is unknown or invalid."""
        fields.check(rule, _FIELDS)
        check_kind(rule)
        misbehavior = Misbehavior(id=next(self._ids), **rule)
        self._rules.append(misbehavior)
        return misbehavior

    def clear(self) -> int:
        """Remove all rules. Return how many there were."""
        count = len(self._rules)
        self._rules.clear()
        return count

    def meet(self, kind: str, *, instance: set[str], flavor: str, call: str = "") -> bool:
        """Return whether a guest must misbehave in this way now, and count it.

        ``instance`` has the guest's id and name.
        """
        for rule in self._rules:
            if (
                rule.kind == kind
                and (rule.instance == "*" or rule.instance in instance)
                and rule.flavor in ("*", flavor)
                and rule.call in ("*", call)
                and (rule.times is None or rule.met < rule.times)
            ):
                rule.met += 1
                return True
        return False
