"""The pages of ``docs/`` that are generated: ``python -m trove_lab.docs docs`` writes them."""

from collections.abc import Callable, Mapping

from trove_lab.docs import minicloud_api

PAGES: Mapping[str, Callable[[], str]] = {"minicloud-api.md": minicloud_api.page}
"""What makes each page, by its file name."""
