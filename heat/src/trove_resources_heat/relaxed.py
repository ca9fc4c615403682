"""What heat demands of every update, and a resource that exists does not need.

Heat validates a template as if all in it were yet to be created: an image, snapshot, key or flavor that is gone by
then makes its stack impossible to update for ever. Nova and Cinder say themselves what is missing when they are asked
to create.
"""

import copy
from collections.abc import Collection, Mapping
from typing import Any

from heat.engine import constraints, translation


def without(schema: Mapping[str, Any], names: Collection[str]) -> dict[str, Any]:
    """Return properties with all but these constraints, which name what has to exist."""
    return {name: _relaxed(each, names) for name, each in schema.items()}


def lenient(rules: list[Any]) -> list[Any]:
    """Return translations in which a name that nothing has any more stays what it is."""
    for rule in rules:
        if rule.rule == translation.TranslationRule.RESOLVE:
            rule.client_plugin = _Lenient(rule.client_plugin)
    return rules


def _relaxed(schema: Any, names: Collection[str]) -> Any:
    relaxed = copy.copy(schema)
    relaxed.constraints = [
        each
        for each in schema.constraints
        if not (isinstance(each, constraints.CustomConstraint) and each.name in names)
    ]
    if isinstance(schema.schema, constraints.AnyIndexDict):
        relaxed.schema = constraints.AnyIndexDict(_relaxed(schema.schema.value, names))
    elif schema.schema:
        relaxed.schema = without(schema.schema, names)
    return relaxed


class _Lenient:
    """A client plug-in whose finders return what they do not find."""

    def __init__(self, plugin: Any) -> None:
        self._plugin = plugin

    def __getattr__(self, finder: str) -> Any:
        find = getattr(self._plugin, finder)

        def find_or_keep(*arguments: Any) -> Any:
            try:
                return find(*arguments)
            except Exception as error:
                if not self._plugin.is_not_found(error):
                    raise
                return arguments[-1]

        return find_or_keep
