"""A real OpenStack on one machine, with a real Trove: no hypervisor, no network agents, everything else as it is.

``python -m realcloud start`` installs, configures, starts and seeds it. Its layers, each importing only those above:

- ``home``: where everything is, and at which ports; ``errors``
- ``machine``, ``environment``: what is installed, on the machine and in a virtual environment
- ``conf``: the configuration of each service
- ``processes``, ``services``: which processes there are, and how one starts and ends
- ``databases``, ``seed``, ``snapshot``, ``ready``: what is in it
- ``cloud``: all of that in order; ``__main__``: the command
"""
