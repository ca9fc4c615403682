"""Drivers of a cloud without hardware: servers that only have a state, ports that are bound without agents.

Two environment variables say where they meet those who test on it: ``REALCLOUD_FAULTS``, a file that says which
operations shall fail, and ``REALCLOUD_JOURNAL``, a file that tells what happened to servers.
"""
