"""An extension of griffe that converts docstrings with reStructuredText to Markdown for the documentation site."""

import re
from typing import Any, Final

import griffe

_ROLE: Final = re.compile(r":(?:attr|class|data|func|meth|mod):`~?([^`]+)`")
_ALONE: Final = re.compile(r"(?m)^::\n")
_MARK: Final = re.compile(r"(?m)::$")


class Docstrings(griffe.Extension):
    """Rewrites the docstring of each object."""

    def on_instance(self, *, obj: griffe.Object, **_: Any) -> None:
        """Rewrite a docstring."""
        if obj.docstring:
            obj.docstring.value = as_markdown(obj.docstring.value)


def as_markdown(docstring: str) -> str:
    """Return a docstring without roles, and without the colons that start a code block."""
    return _MARK.sub(":", _ALONE.sub("", _ROLE.sub(r"`\1`", docstring)))
