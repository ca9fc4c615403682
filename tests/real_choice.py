"""Which of the suites' tests run on a real cloud unless ``--whole`` asks for all.

A real cloud takes seconds of a processor for an instance. So each manager does each operation there, with
every end a cloud can give it: done, refused, failed later and taken back, done already. Left out is

- what the manager decides by itself, before it asks or after it was told (names of steps, refused specs, what is
  announced): the same on every cloud;
- a second value of what one value shows (a config drive that is not wanted, a third range of ports);
- with Heat's own types, what is the same as with the plug-in's: ports, groups, floating IPs, volumes;
- with the router, what stands behind it: each engine has its own runs.
"""

from collections.abc import Mapping
from typing import Final

CHOSEN: Final[Mapping[str, Mapping[str, str]]] = {
    "tests/conformance/test_native.py": {
        "TestProvision": """
            the_server_is_active_and_carries_the_names_tags_and_metadata_of_stock_trove
            the_data_volume_is_attached_and_outlives_the_server
            what_fails_is_undone_and_its_announcements_taken_back
        """,
        "TestNetwork": """
            without_ports_nova_makes_one_and_the_server_has_the_group
            the_user_chooses_subnet_and_address
            a_public_instance_has_a_floating_ip_of_the_tenants_and_lets_in_each_network
            rules_have_protocols_ranges_and_both_versions_of_ip
            user_data_that_needs_the_user_port_has_it
            a_user_network_behind_no_router_is_refused_or_not
        """,
        "TestStorage": "a_volume_from_a_snapshot the_server_boots_from_a_root_volume",
        "TestServer": "it_has_the_operators_key user_data_arrives",
        "TestTakeOver": "another_task_takes_over_what_is_there",
        "TestParts": """
            a_missing_part_is_made_and_the_rest_taken_over
            a_volume_an_earlier_task_left_detached_is_given_back
        """,
        "TestStockMade": """
            it_goes
            a_server_without_tags_is_known_by_the_row
            a_volume_cinder_could_not_delete_once_goes_now
            it_is_resized
            its_floating_ip_is_taken
        """,
        "TestDeletion": """
            everything_goes
            a_server_in_error_goes
            a_data_volume_with_snapshots_is_kept_and_goes_after_the_last
        """,
        "TestGroups": """
            the_server_is_a_member
            it_stays_while_a_replica_is_in_it_and_goes_with_that
        """,
        "TestDns": "an_instance_with_dns_has_its_name a_record_is_made_once_and_deleted_once",
        "TestResizeFlavor": """
            the_flavor_is_another_and_nothing_else
            a_guest_that_fails_has_its_old_flavor_again
            a_flavor_that_is_not_there_is_refused
            a_flavor_that_fits_no_host_is_said_and_all_is_as_before
            a_server_that_is_off_is_refused_and_left_off
        """,
        "TestResizeVolume": """
            it_is_larger_and_otherwise_the_same
            a_guest_that_fails_afterwards_leaves_the_larger_volume_attached_and_its_size_announced
        """,
        "TestResizeDetachedVolume": """
            it_is_larger_and_otherwise_the_same
            a_guest_that_fails_before_keeps_all_as_it_was
        """,
        "TestUpdateAccess": """
            who_may_reach_it_before_and_after_may_all_the_time
            a_floating_ip_is_given_and_taken
            a_floating_ip_is_taken_back_when_the_rules_are_refused
        """,
        "TestReboot": """
            the_server_was_rebooted_and_nothing_is_another
            a_server_that_is_off_runs_again
            a_server_in_error_runs_again
        """,
        "TestRebuild": """
            it_is_on_the_image_with_the_user_data_and_keeps_the_rest
            an_image_that_is_not_there_is_refused
        """,
        "TestMigrate": """
            to_whichever_host
            to_the_host_it_is_on_is_refused
            to_a_host_that_is_not_there_is_refused
            a_guest_that_fails_is_where_it_was
        """,
    },
    "tests/conformance/test_orchestrator.py": {
        "TestProvision": """
            the_server_is_active_and_carries_the_names_tags_and_metadata_of_stock_trove
            the_data_volume_is_attached_and_outlives_the_server
            what_fails_is_undone_and_its_announcements_taken_back
        """,
        "TestNetwork": """
            without_ports_nova_makes_one_and_the_server_has_the_group
            a_public_instance_has_a_floating_ip_of_the_tenants_and_lets_in_each_network
            user_data_that_needs_the_user_port_has_it
        """,
        "TestStorage": "a_volume_from_a_snapshot the_server_boots_from_a_root_volume",
        "TestServer": "it_has_the_operators_key",
        "TestTakeOver": "another_task_takes_over_what_is_there",
        "TestDeletion": """
            everything_goes
            a_server_in_error_goes
            a_data_volume_with_snapshots_is_kept_and_goes_after_the_last
        """,
        "TestGroups": """
            the_server_is_a_member
            it_stays_while_a_replica_is_in_it_and_goes_with_that
        """,
        "TestDns": "an_instance_with_dns_has_its_name a_record_is_made_once_and_deleted_once",
        "TestWhatIsNotItsOwn": "what_stock_trove_made_is_neither_seen_nor_touched",
    },
    "tests/conformance/test_orchestrator_changes.py": {
        "TestResizeFlavor": """
            the_flavor_is_another_and_nothing_else
            a_guest_that_fails_has_its_old_flavor_again
            a_flavor_that_is_not_there_is_refused
            a_flavor_that_fits_no_host_is_said_and_all_is_as_before
            a_server_that_is_off_is_refused_and_left_off
        """,
        "TestResizeVolume": """
            it_is_larger_and_otherwise_the_same
            a_guest_that_fails_afterwards_leaves_the_larger_volume_attached_and_its_size_announced
        """,
        "TestUpdateAccess": """
            who_may_reach_it_before_and_after_may_all_the_time
            a_floating_ip_is_given_and_taken
            a_floating_ip_is_taken_back_when_the_rules_are_refused
        """,
        "TestReboot": """
            the_server_was_rebooted_and_nothing_is_another
            a_server_in_error_runs_again
        """,
        "TestRebuild": """
            it_is_on_the_image_with_the_user_data_and_keeps_the_rest
            an_image_that_is_not_there_is_refused
        """,
        "TestMigrate": """
            to_whichever_host
            to_a_host_that_is_not_there_is_refused
            a_guest_that_fails_is_where_it_was
        """,
    },
    "tests/conformance/test_orchestrator_stock_types.py": {
        "TestProvision": """
            the_data_volume_is_attached_and_outlives_the_server
            what_fails_is_undone_and_its_announcements_taken_back
        """,
        "TestStorage": "the_server_boots_from_a_root_volume",
        "TestDeletion": "a_data_volume_with_snapshots_is_kept_and_goes_after_the_last",
        "TestResizeFlavor": """
            the_flavor_is_another_and_nothing_else
            a_guest_that_fails_has_its_old_flavor_again
            a_flavor_that_fits_no_host_is_said_and_all_is_as_before
        """,
        "TestResizeVolume": "it_is_larger_and_otherwise_the_same",
        "TestWhatHeatsOwnServerCannot": "it_is_refused_before_a_flow_and_by_the_flow_and_nothing_is_another",
    },
    "tests/conformance/test_migration.py": {
        "TestHeatReboot": "the_server_was_rebooted_and_nothing_is_another",
        "TestHeatRebuild": "it_is_on_the_image_with_the_user_data_and_keeps_the_rest",
        "TestHeatGroups": "the_server_is_a_member",
        "TestHeatDns": "a_record_is_made_once_and_deleted_once",
        "TestNativeUpdateAccess": "others_are_let_in_and_nobody_else",
        "TestNativeMigrate": "to_whichever_host",
        "TestNativeDns": "an_instance_with_dns_has_its_name",
        "TestStockMade": "it_is_resized",
        "TestOfBothEngines": """
            each_is_seen_by_its_own_engine_alone
            a_delete_of_one_leaves_the_other
            a_row_that_does_not_say_what_a_stack_says_is_refused_whatever_is_asked
        """,
    },
}
"""Files, classes, and the tests' names without ``test_``. Of a file that is not here all run."""


def is_chosen(nodeid: str) -> bool:
    """Say whether a test is among them, by its id in pytest."""
    file, *within = nodeid.partition("[")[0].split("::")
    if file not in CHOSEN:
        return True
    chosen = CHOSEN[file].get(within[0], "").split()
    return within[-1].removeprefix("test_") in chosen


def unknown(nodeids: list[str]) -> list[str]:
    """Return what is chosen of the files these tests are of, and is none of them: it was renamed."""
    there = {nodeid.partition("[")[0] for nodeid in nodeids}
    files = {nodeid.partition("::")[0] for nodeid in there}
    chosen = {
        f"{file}::{suite}::test_{name}"
        for file in files & set(CHOSEN)
        for suite, names in CHOSEN[file].items()
        for name in names.split()
    }
    return sorted(chosen - there)
