"""The calls that the simulated agent answers, compared with Trove's own code."""

import inspect
import re

import pytest
from trove.common.strategies.cluster.experimental.galera_common.guestagent import GaleraCommonGuestAgentAPI
from trove.guestagent import api
from trove.guestagent.datastore.mysql_common.manager import MySqlManager

from trove_lab.local.guests.endpoints import KINDS
from trove_lab.local.guests.endpoints.galera import Galera

SENT = re.compile(r'_(?:call|cast)\(\s*"(\w+)"')
CALLED = sorted(set(SENT.findall(inspect.getsource(api.API))))
CALLED_IN_CLUSTERS = sorted(set(SENT.findall(inspect.getsource(GaleraCommonGuestAgentAPI))))
OF_GALERA = {name for name, _ in inspect.getmembers(Galera, inspect.isfunction)}
ANSWERED = {
    name: method
    for kind in KINDS
    for name, method in inspect.getmembers(kind, inspect.isfunction)
    if not name.startswith("_")
}
OBSOLETE = {
    "attach_replication_slave",
    "cleanup_source_on_replica_detach",
    "get_hwinfo",
    "get_diagnostics",
    "update_guest",
}
"""Calls that Trove's API still has, but its own agents do not answer."""


def test_the_calls_of_troves_api_are_found() -> None:
    assert len(CALLED) > 50


@pytest.mark.parametrize("name", CALLED)
def test_every_call_of_troves_guest_api_is_answered(name: str) -> None:
    assert name in ANSWERED


@pytest.mark.parametrize("name", sorted(set(ANSWERED) - OBSOLETE - OF_GALERA))
def test_a_call_has_the_parameters_it_has_in_a_real_agent(name: str) -> None:
    """Source: the agent for MySQL of Trove 26.0.0."""
    real = inspect.signature(getattr(MySqlManager, name)).parameters.values()
    ours = list(inspect.signature(ANSWERED[name]).parameters.values())[2:]
    by_name = {each.name: each for each in ours}
    if any(each.kind is each.VAR_KEYWORD for each in ours):
        return
    for parameter in list(real)[2:]:
        if parameter.kind is parameter.VAR_KEYWORD:
            continue
        assert parameter.name in by_name
        required = parameter.default is parameter.empty
        assert required or by_name[parameter.name].default is not parameter.empty, f"{parameter.name} may be left out"


@pytest.mark.parametrize("name", CALLED_IN_CLUSTERS)
def test_every_call_of_troves_strategy_for_galera_is_answered_with_its_parameters(name: str) -> None:
    sent = [each for each in inspect.signature(getattr(GaleraCommonGuestAgentAPI, name)).parameters if each != "self"]
    assert [*inspect.signature(ANSWERED[name]).parameters][2:] == sent
