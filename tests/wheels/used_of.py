"""Prints what our modules use of an OpenStack package, as JSON. It runs in the environment of a release.

    python used_of.py OURS THEIRS [CLASS …]

All modules of OURS are imported, which tests that all their imports exist. ``overridden`` are the methods of THEIRS
that our classes override, with their signatures in THEIRS. ``used`` are the attributes that our source names and that a
CLASS, ``module:Class``, has as a method, with their signatures.
"""

import ast
import importlib
import inspect
import json
import pkgutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType


def modules(package: str) -> Iterator[ModuleType]:
    """Import a package and its modules, except those that do something on import: migrations and programs."""
    root = importlib.import_module(package)
    yield root
    for found in pkgutil.walk_packages(root.__path__, f"{package}."):
        if not (found.name.endswith((".__main__", ".env")) or ".versions" in found.name):
            yield importlib.import_module(found.name)


def overridden(kinds: Sequence[type], ours: str, theirs: str) -> dict[str, str]:
    """Return the methods that our classes override, with their original signatures."""
    found = {}
    for kind in kinds:
        bases = [base for base in kind.__mro__ if _is_of(base, theirs)]
        names = {name for base in kind.__mro__ if _is_of(base, ours) for name in vars(base)}
        for name in sorted(names - {"__module__", "__doc__"}):
            base = next((base for base in bases if inspect.isroutine(vars(base).get(name))), None)
            if base is not None:
                found[f"{kind.__name__}.{name}"] = str(inspect.signature(getattr(base, name)))
    return found


def used(source: Sequence[Path], classes: Sequence[str]) -> dict[str, str]:
    """Return the methods of classes that the source names, with their signatures."""
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in source]
    names = {node.attr for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    found = {}
    for each in classes:
        module, _, name = each.partition(":")
        kind = getattr(importlib.import_module(module), name)
        methods = {method for method in names if inspect.isroutine(getattr(kind, method, None))}
        found |= {f"{name}.{method}": str(inspect.signature(getattr(kind, method))) for method in sorted(methods)}
    return found


def _is_of(kind: type, package: str) -> bool:
    return kind.__module__.partition(".")[0] == package.partition(".")[0]


def _main(ours: str, theirs: str, *classes: str) -> None:
    imported = list(modules(ours))
    kinds = {
        kind
        for module in imported
        for kind in vars(module).values()
        if inspect.isclass(kind) and _is_of(kind, ours) and any(_is_of(base, theirs) for base in kind.__mro__)
    }
    source = [Path(str(module.__file__)) for module in imported]
    both = {"overridden": overridden(list(kinds), ours, theirs), "used": used(source, classes)}
    print(json.dumps(both))  # noqa: T201 - what it is for


if __name__ == "__main__":
    _main(*sys.argv[1:])
