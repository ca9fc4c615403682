"""A real OpenStack and a real Trove on one machine, with everything but a hypervisor, network agents and storage.

``python -m realcloud start`` installs, configures, starts and seeds it. Each layer imports only those above it:

- ``home``: paths and ports; ``errors``
- ``machine``, ``environment``: what is installed, on the machine and in a virtual environment
- ``conf``: the configuration of each service
- ``processes``, ``services``: the services, and how to start and stop one
- ``databases``, ``seed``, ``snapshot``, ``readiness``: the data, and whether the services are up
- ``cloud``: all of these in order; ``__main__``: the command
"""
