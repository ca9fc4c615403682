"""The tests of the suites that run on a real cloud. ``--whole`` runs all of them.

On a real cloud, each instance takes seconds of CPU. So each manager runs each operation there with every outcome that a
cloud can give it: done, rejected, failed later and undone, done before. These tests are left out:

- what a manager decides without the cloud (names of steps, rejected specs, announcements): the same everywhere;
- further values of a parameter (no config drive, a third range of ports);
- with Heat's own types, what does not depend on the plug-in: ports, security groups, floating IPs, volumes;
- with the router, what its engines do, because each engine has its own runs;
- for the Heat plug-in, what the orchestrator's tests cover.
"""

from collections.abc import Mapping
from typing import Final

FUNCTIONS: Final = ""
"""The key for tests that are not in a class."""
CHOSEN: Final[Mapping[str, Mapping[str, str]]] = {
    "tests/conformance/test_native.py": {
        "TestProvision": """
            the_data_volume_is_attached_and_outlives_the_server
            a_failure_is_undone_and_its_announcements_are_cleared
        """,
        "TestNetwork": """
            without_ports_nova_creates_one_and_the_server_has_the_group
            a_public_instance_has_a_floating_ip_of_the_tenant_and_admits_each_network
            user_data_describes_the_user_port
        """,
        "TestStorage": "a_volume_from_a_snapshot the_server_boots_from_a_root_volume",
        "TestParts": "a_volume_that_an_earlier_task_left_detached_is_attached_again",
        "TestStockMade": "the_instance_is_deleted a_volume_in_error_deleting_is_deleted the_instance_is_resized",
        "TestDeletion": """
            a_server_in_error_is_deleted
            a_data_volume_with_snapshots_is_retained_until_the_last_is_deleted
        """,
        "TestGroups": "the_group_stays_while_it_has_a_replica_and_is_deleted_with_that",
        "TestDns": "an_instance_with_dns_has_a_record",
        "TestResizeFlavor": """
            the_flavor_changes_and_nothing_else
            a_guest_that_fails_returns_to_the_old_flavor
            a_flavor_that_fits_no_host_is_reported_and_nothing_changes
        """,
        "TestResizeVolume": """
            a_guest_that_fails_afterwards_leaves_the_extended_volume_attached_and_its_size_announced
        """,
        "TestResizeDetachedVolume": "the_volume_is_extended_and_nothing_else_changes",
        "TestUpdateAccess": """
            a_client_that_is_admitted_before_and_after_is_admitted_all_the_time
            a_floating_ip_is_removed_again_when_the_rules_are_refused
        """,
        "TestReboot": "a_server_in_error_is_started",
        "TestRebuild": "the_server_has_the_new_image_and_user_data_and_keeps_the_rest",
        "TestMigrate": "the_server_moves_to_any_host a_guest_that_fails_returns_to_its_host",
    },
    "tests/conformance/test_orchestrator.py": {
        "TestProvision": """
            the_data_volume_is_attached_and_outlives_the_server
            a_failure_is_undone_and_its_announcements_are_cleared
        """,
        "TestNetwork": """
            a_public_instance_has_a_floating_ip_of_the_tenant_and_admits_each_network
            user_data_describes_the_user_port
        """,
        "TestStorage": "the_server_boots_from_a_root_volume",
        "TestTakeOver": "another_task_takes_over_what_exists",
        "TestDeletion": "a_data_volume_with_snapshots_is_retained_until_the_last_is_deleted",
        "TestGroups": "the_group_stays_while_it_has_a_replica_and_is_deleted_with_that",
        "TestDns": "an_instance_with_dns_has_a_record",
        "TestResourcesOfOthers": "instances_of_stock_trove_are_neither_observed_nor_changed",
    },
    "tests/conformance/test_orchestrator_changes.py": {
        "TestResizeFlavor": """
            the_flavor_changes_and_nothing_else
            a_guest_that_fails_returns_to_the_old_flavor
            a_flavor_that_fits_no_host_is_reported_and_nothing_changes
        """,
        "TestResizeVolume": """
            a_guest_that_fails_afterwards_leaves_the_extended_volume_attached_and_its_size_announced
        """,
        "TestUpdateAccess": """
            a_client_that_is_admitted_before_and_after_is_admitted_all_the_time
            a_floating_ip_is_removed_again_when_the_rules_are_refused
        """,
        "TestReboot": "a_server_in_error_is_started",
        "TestRebuild": "the_server_has_the_new_image_and_user_data_and_keeps_the_rest",
        "TestMigrate": "the_server_moves_to_any_host a_guest_that_fails_returns_to_its_host",
    },
    "tests/conformance/test_orchestrator_stock_types.py": {
        "TestDeletion": "a_data_volume_with_snapshots_is_retained_until_the_last_is_deleted",
        "TestResizeFlavor": """
            a_guest_that_fails_returns_to_the_old_flavor
            a_flavor_that_fits_no_host_is_reported_and_nothing_changes
        """,
        "TestResizeVolume": "the_volume_is_extended_and_nothing_else_changes",
        "TestOperationsThatNeedThePlugIn": "it_is_refused_before_and_by_its_flow_and_nothing_changes",
    },
    "tests/conformance/test_migration.py": {
        "TestHeatReboot": "the_server_is_rebooted_and_nothing_else_changes",
        "TestNativeMigrate": "the_server_moves_to_any_host",
        "TestStockMade": "its_floating_ip_is_removed",
        "TestOfBothEngines": """
            the_delete_of_one_instance_leaves_the_other
            every_operation_is_refused_if_row_and_stack_contradict_each_other
        """,
    },
    "tests/heat_plugin/test_heat_plugin_resize.py": {
        FUNCTIONS: """
            a_resize_without_a_decision_is_reverted_at_its_deadline
            an_update_to_a_third_flavor_takes_over
            a_decision_made_in_nova_is_seen
            a_stack_is_deleted_while_its_server_waits
        """,
    },
    "tests/heat_plugin/test_heat_plugin_signals.py": {
        FUNCTIONS: """
            a_server_that_is_off_is_started_by_a_reboot
            signals_are_rejected_while_an_update_changes_the_server
            a_migrated_server_is_reverted
        """,
    },
    "tests/heat_plugin/test_heat_plugin_never_replaced.py": {
        FUNCTIONS: """
            a_deleted_server_is_reported_and_not_replaced
            a_stack_adopts_a_server_and_its_resize_waits
            a_rollback_keeps_the_larger_volume_and_the_larger_size_then_completes_at_once
        """,
    },
    "tests/heat_plugin/test_heat_plugin_updatable.py": {
        FUNCTIONS: "a_stack_can_be_updated_after_its_sources_were_deleted",
    },
}
"""Names of tests without ``test_``, by file and class. Files that are not listed run completely."""


def is_chosen(nodeid: str) -> bool:
    """Return whether a test is chosen, by its pytest id."""
    file, *suite, name = nodeid.partition("[")[0].split("::")
    if file not in CHOSEN:
        return True
    return name.removeprefix("test_") in CHOSEN[file].get("".join(suite), "").split()


def unknown(nodeids: list[str]) -> list[str]:
    """Return the chosen tests that do not exist, because they were renamed, from the files of these ids."""
    existing = {nodeid.partition("[")[0] for nodeid in nodeids}
    files = {nodeid.partition("::")[0] for nodeid in existing}
    chosen = {
        "::".join(filter(None, (file, suite, f"test_{name}")))
        for file in files & set(CHOSEN)
        for suite, names in CHOSEN[file].items()
        for name in names.split()
    }
    return sorted(chosen - existing)
