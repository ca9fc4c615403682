"""Configuration files for oslo.config."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

Options = Mapping[str, Mapping[str, str]]
"""Options by group and name."""


@dataclass(frozen=True, slots=True)
class Option:
    """One line of a file, and why it is there."""

    group: str
    name: str
    value: object
    why: str


def write(main: Path, lines: Sequence[Option], directory: Path, drop_ins: Mapping[str, Options]) -> None:
    """Write the main file and the drop-ins, by name. Remove the drop-ins of an earlier start."""
    main.write_text(render_commented(lines))
    directory.mkdir(exist_ok=True)
    for old in directory.glob("*.conf"):
        old.unlink()
    for name, given in drop_ins.items():
        (directory / f"{name}.conf").write_text(render(given))


def render(given: Options) -> str:
    """Return the text of a drop-in."""
    return "\n".join(
        f"[{group}]\n" + "".join(f"{name} = {value}\n" for name, value in names.items())
        for group, names in given.items()
    )


def render_commented(lines: Sequence[Option]) -> str:
    """Return the text of a main file, with the reason above each line."""
    groups: dict[str, list[str]] = {}
    for option in lines:
        groups.setdefault(option.group, []).append(f"# {option.why}\n{option.name} = {option.value}\n")
    return "\n".join(f"[{group}]\n{''.join(rendered)}" for group, rendered in groups.items())
