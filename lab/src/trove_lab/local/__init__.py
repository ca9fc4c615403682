"""A Trove and a Heat on one machine: unmodified services with simulated guests, on the emulated cloud.

``lab.Lab`` starts and stops everything. The emulated cloud runs in threads of the calling process. trove-api,
trove-taskmanager, trove-conductor and the guests share a child process (``trove_services``), because they communicate
over oslo.messaging's ``fake://`` transport, which works only within a process. For the same reason heat-api and
heat-engine share another one (``heat_services``), if the lab has Heat.
"""
