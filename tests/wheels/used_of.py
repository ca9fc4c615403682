"""Prints, as JSON, what modules of ours use of a package of OpenStack's; run by the Python of a release.

    python used_of.py OURS THEIRS [CLASS …]

All modules of OURS are imported, so everything they import is there. ``overridden``: each method of our classes that a
class of THEIRS has, too, with the signature it has there. ``used``: each attribute that our source names and a CLASS,
``module:Class``, has as a method, with its signature.
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
    """Import a package and all in it, but what does something when it is imported: migrations and programs."""
    root = importlib.import_module(package)
    yield root
    for found in pkgutil.walk_packages(root.__path__, f"{package}."):
        if not (found.name.endswith((".__main__", ".env")) or ".versions" in found.name):
            yield importlib.import_module(found.name)


def overridden(kinds: Sequence[type], ours: str, theirs: str) -> dict[str, str]:
    """Return their signatures of methods that classes of ours have, too."""
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
    """Return the signatures of those methods of classes that modules name."""
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
