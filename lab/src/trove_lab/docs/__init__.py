"""The pages of ``docs/`` that are generated: ``python -m trove_lab.docs docs`` writes them."""

from collections.abc import Callable, Mapping

from trove_lab.docs import calls, calls_of_heat, cli, flows, managers, minicloud_api, options, reads

PAGES: Mapping[str, Callable[[], str]] = {
    "calls.md": calls.page,
    "calls-of-heat.md": calls_of_heat.page,
    "cli.md": cli.page,
    "flows.md": flows.page,
    "managers.md": managers.page,
    "minicloud-api.md": minicloud_api.page,
    "options.md": options.page,
    "reads.md": reads.page,
}
"""The function that returns each page, by file name."""
