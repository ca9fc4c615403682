# shellcheck shell=bash
# The DevStack plugin of trove-resources. DevStack sources it with the mode and the phase as arguments. The functions it
# calls and the variables in capitals belong to DevStack, to its plugins for Trove and Heat, or to the file settings.

function _trove_resources_uses_heat {
    [[ "$TROVE_RESOURCES_MANAGER" != "native" ]]
}

# _trove_resources_bin COMMAND - print the path of a command in the environment of DevStack
function _trove_resources_bin {
    echo "$(get_python_exec_prefix)/$1"
}

function install_trove_resources {
    pip_install "$TROVE_RESOURCES_DIR"
    if is_service_enabled h-eng; then
        pip_install "$TROVE_RESOURCES_DIR/heat"
    fi
}

function configure_trove_resources {
    mkdir -p "$(dirname "$TROVE_RESOURCES_CONF")" "$(dirname "$TROVE_RESOURCES_TASK_LOG")"
    # DevStack starts Trove's services with --config-file, and that file overrides the drop-in.
    inidelete "$TROVE_CONF" DEFAULT taskmanager_manager
    iniset "$TROVE_RESOURCES_CONF" DEFAULT taskmanager_manager trove_resources.plugin.Manager
    iniset "$TROVE_RESOURCES_CONF" DEFAULT resource_manager "$TROVE_RESOURCES_MANAGER"
    iniset "$TROVE_RESOURCES_CONF" trove_resources task_log "$TROVE_RESOURCES_TASK_LOG"
    if is_service_enabled h-eng; then
        local folder others
        folder=$("$(_trove_resources_bin python3)" -m trove_resources_heat)
        others=$(iniget "$HEAT_CONF" DEFAULT plugin_dirs)
        iniset "$HEAT_CONF" DEFAULT plugin_dirs "${others:+$others,}$folder"
        # The upgrade check requires both for resource_manager = migration.
        iniset "$HEAT_CONF" DEFAULT enable_stack_abandon true
        iniset "$HEAT_CONF" DEFAULT enable_stack_adopt true
    fi
}

# By now, Trove's plugin has created the database and started the services. Without the columns, the task manager exited.
function start_trove_resources {
    if _trove_resources_uses_heat; then
        local network
        network=$(openstack network show "$PUBLIC_NETWORK_NAME" -c id -f value)
        iniset "$TROVE_RESOURCES_CONF" network public_network_id "$network"
    fi
    "$(_trove_resources_bin trove-resources)" --config-file "$TROVE_CONF" db upgrade
    local each
    for each in tr-api tr-tmgr tr-cond; do
        restart_service "devstack@$each"
    done
}

# The check exits with 1 for warnings, and with 2 for failures.
function check_trove_resources {
    local code=0
    "$(_trove_resources_bin trove-resources-status)" --config-file "$TROVE_CONF" \
        --config-dir "$(dirname "$TROVE_RESOURCES_CONF")" upgrade check || code=$?
    if [[ "$code" -gt 1 ]]; then
        die "$LINENO" "trove-resources is not ready: trove-resources-status upgrade check"
    fi
}

if is_service_enabled trove-resources; then
    case "$1/${2:-}" in
        stack/install)
            echo_summary "Installing trove-resources"
            install_trove_resources
            ;;
        stack/post-config)
            echo_summary "Configuring trove-resources"
            configure_trove_resources
            ;;
        stack/extra)
            echo_summary "Starting Trove with trove-resources"
            start_trove_resources
            ;;
        stack/test-config)
            echo_summary "Checking trove-resources"
            check_trove_resources
            ;;
        unstack/*)
            rm -f "$TROVE_RESOURCES_CONF"
            ;;
        clean/*)
            rm -rf "$(dirname "$TROVE_RESOURCES_TASK_LOG")"
            pip_uninstall trove-resources
            pip_uninstall trove-resources-heat
            ;;
    esac
fi
