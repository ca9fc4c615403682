"""A Trove and a Heat on one machine: unmodified services, simulated guests, on the emulated cloud.

``lab.Lab`` starts and stops all of it. The emulated cloud runs in threads of the calling process; trove-api,
trove-taskmanager, trove-conductor and the guests share one process of their own (``trove_services``), because
they talk over oslo.messaging's ``fake://`` transport, which reaches no further than a process. So do heat-api and
heat-engine (``heat_services``), where a lab has Heat.
"""
