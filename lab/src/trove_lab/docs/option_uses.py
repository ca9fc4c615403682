"""Finds the options that a package reads by analyzing its source."""

import ast
from collections.abc import Container, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

ROOTS: Final = frozenset({"conf", "_conf", "CONF"})
"""The names under which code accesses a configuration, as a variable or as an attribute."""
DATASTORE: Final = "<datastore>"
"""The placeholder for the group of an instance's datastore."""
_METHODS: Final = frozenset({"get", "register_opts", "register_opt", "register_group", "set_override", "import_opt"})

Place = tuple[str, ...]
"""A path below a configuration. Keys that are only known at run time are their source text, in <>."""


def options_read(folder: Path, groups: Container[str]) -> frozenset[str]:
    """Return the options that the modules below a directory read, as ``option`` or ``group.option``.

    ``groups`` are the names of the configuration's groups. The group of a datastore is called ``<datastore>``, and an
    option that is read as ``conf[f"{service}_url"]`` is called ``<service>_url``.
    """
    found: set[Place] = set()
    for path in sorted(folder.rglob("*.py")):
        found |= _places(ast.parse(path.read_text(encoding="utf-8"), str(path)))
    named = {_option(place, groups) for place in found if place and place[0] not in _METHODS}
    return frozenset(name for name in named if name)


def _option(place: Place, groups: Container[str]) -> str:
    """Return the name of an option, or an empty string for a group."""
    first, *rest = place
    is_datastore = first.startswith("<") and first.endswith(">")
    if not (is_datastore or first in groups):
        return first
    return f"{DATASTORE if is_datastore else first}.{rest[0]}" if rest else ""


def _places(module: ast.Module) -> set[Place]:
    functions = {node.name: node for node in ast.walk(module) if isinstance(node, ast.FunctionDef)}
    whole = _Scope({})
    whole.visit(module)
    # A function that receives a group reads options of that group.
    for name, handed in whole.handed:
        if name in functions:
            scope = _Scope(dict(zip((each.arg for each in functions[name].args.args), handed, strict=False)))
            for statement in functions[name].body:
                scope.visit(statement)
            whole.found |= scope.found
    return whole.found


@dataclass(slots=True)
class _Scope(ast.NodeVisitor):
    """Collects places, and follows variables that refer to them."""

    names: dict[str, Place | None]
    found: set[Place] = field(default_factory=set)
    handed: list[tuple[str, list[Place | None]]] = field(default_factory=list)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        """Visit a function with its own scope."""
        inner = _Scope(dict(self.names))
        for statement in node.body:
            inner.visit(statement)
        self.found |= inner.found
        self.handed += inner.handed

    def visit_Assign(self, node: ast.Assign) -> None:
        """Store which place a variable refers to."""
        self.visit(node.value)
        for target in node.targets:
            if isinstance(target, ast.Name):
                self.names[target.id] = self._place(node.value)
            else:
                self.visit(target)

    def visit_Call(self, node: ast.Call) -> None:
        """Record the arguments of a call."""
        if isinstance(node.func, ast.Name):
            self.handed.append((node.func.id, [self._place(each) for each in node.args]))
        self._note(node)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        """Record a place."""
        self._note(node)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        """Record a place."""
        self._note(node)

    def _note(self, node: ast.expr) -> None:
        """Record the place of an expression, or visit its parts to find places in them."""
        place = self._place(node)
        if place:
            self.found.add(place)
        for inside in _keys_of(node) if place else ast.iter_child_nodes(node):
            self.visit(inside)

    def _place(self, node: ast.expr) -> Place | None:
        """Return the place that an expression refers to. The configuration itself is ``()``."""
        match node:
            case ast.Name(id=name):
                return self.names.get(name, () if name in ROOTS else None)
            case (
                ast.Call(func=ast.Attribute(value=value, attr="get"), args=[key, *_])
                | ast.Subscript(value=value, slice=key)
            ):
                inside = self._place(value)
                return None if inside is None else (*inside, _text(key))
            case ast.Attribute(value=value, attr=name):
                inside = self._place(value)
                if inside is not None:
                    return (*inside, name)
                return () if name in ROOTS else None
        return None


def _keys_of(node: ast.expr) -> Iterator[ast.expr]:
    """Yield the keys of an expression that refers to a place."""
    match node:
        case ast.Call(func=ast.Attribute(value=value), args=args):
            yield from args
            yield from _keys_of(value)
        case ast.Subscript(value=value, slice=key):
            yield key
            yield from _keys_of(value)
        case ast.Attribute(value=value):
            yield from _keys_of(value)


def _text(key: ast.expr) -> str:
    """Return a key, or its source text if it is not constant."""
    if isinstance(key, ast.Constant):
        return str(key.value)
    if isinstance(key, ast.JoinedStr):
        return "".join(
            f"<{ast.unparse(part.value)}>" if isinstance(part, ast.FormattedValue) else _text(part)
            for part in key.values
        )
    return f"<{ast.unparse(key)}>"
