"""Relaxed validation of templates, for resources that exist.

Heat validates every update as if all resources were yet to be created. Once an image, snapshot, key pair or flavor is
deleted, a stack that names it can never be updated again. Here that check is left to Nova and Cinder, which report what
is missing when they are asked to create something.
"""

import copy
from collections.abc import Collection, Mapping
from typing import Any

from heat.engine import constraints, translation


def without_constraints(schema: Mapping[str, Any], names: Collection[str]) -> dict[str, Any]:
    """Return a properties schema without these custom constraints, which require that something exists."""
    return {name: _relaxed(each, names) for name, each in schema.items()}


def tolerate_missing(rules: list[Any]) -> list[Any]:
    """Return translation rules that leave a name unresolved if nothing has it any more."""
    for rule in rules:
        if rule.rule == translation.TranslationRule.RESOLVE:
            rule.client_plugin = _TolerantClientPlugin(rule.client_plugin)
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
        relaxed.schema = without_constraints(schema.schema, names)
    return relaxed


class _TolerantClientPlugin:
    """A client plug-in whose finders return the name itself if it is not found."""

    def __init__(self, plugin: Any) -> None:
        self._plugin = plugin

    def __getattr__(self, finder: str) -> Any:
        find = getattr(self._plugin, finder)

        def find_or_return_name(*arguments: Any) -> Any:
            try:
                return find(*arguments)
            except Exception as error:
                if not self._plugin.is_not_found(error):
                    raise
                return arguments[-1]

        return find_or_return_name
