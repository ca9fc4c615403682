"""The page about writing a manager: its code is an excerpt of the example, and its tables are complete."""

import ast
import re
from pathlib import Path

import pytest

from trove_lab import conformance
from trove_resources.contract import OPERATIONS, ResourceManager

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "writing-a-manager.md").read_text()
EXCERPT = re.compile(r"<!-- (?P<file>\S+) -->\n```\w+\n(?P<code>.*?)\n```\n", re.DOTALL)
EXCERPTS = [(match["file"], match["code"]) for match in EXCERPT.finditer(PAGE)]
SOURCES = sorted((ROOT / "tests" / "toy_manager" / "src").rglob("*.py"))


def _names_in_table(header: str) -> list[str]:
    """Return the names in the first column of a table."""
    rows = PAGE.partition(f"| {header} |")[2].partition("\n\n")[0].splitlines()[2:]
    return [name for row in rows for name in re.findall(r"`([\w.]+)`", row.split("|")[1])]


@pytest.mark.parametrize(("file", "code"), EXCERPTS, ids=[f"{file} {code[:40]!r}" for file, code in EXCERPTS])
def test_code_on_the_page_is_an_excerpt_of_the_example(file: str, code: str) -> None:
    assert f"{code}\n" in (ROOT / file).read_text()


def test_all_python_code_on_the_page_is_checked() -> None:
    assert len(EXCERPTS) > 10
    assert PAGE.count("```python") == sum(file.endswith(".py") for file, _ in EXCERPTS)


def test_every_operation_is_in_the_table() -> None:
    assert _names_in_table("operation") == list(OPERATIONS)


def test_every_attribute_of_a_manager_is_in_the_table() -> None:
    assert set(_names_in_table("attribute")) == set(ResourceManager.__annotations__)


def test_every_suite_is_in_the_table() -> None:
    suites = {name for name in conformance.__all__ if name.endswith("Conformance")}
    assert set(_names_in_table("suite")) == suites - {"Conformance", "ResizeDetachedVolumeConformance"}


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_the_example_imports_public_modules_only(source: Path) -> None:
    tree = ast.walk(ast.parse(source.read_text()))
    imported = {
        module
        for node in tree
        for module in ([node.module or ""] if isinstance(node, ast.ImportFrom) else _names(node))
        if module.partition(".")[0] in ("trove_resources", "trove", "trove_lab")
    }
    # ``from trove_resources import spec``
    assert imported - {"trove_resources"} <= set(_names_in_table("module"))


def _names(node: ast.AST) -> list[str]:
    return [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
