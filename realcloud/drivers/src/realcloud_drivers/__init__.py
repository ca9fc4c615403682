"""Drivers for a cloud without hardware: servers that only have a state, and ports that are bound without agents.

Two environment variables name the files through which tests control and observe them: ``REALCLOUD_FAULTS``, the faults
to inject, and ``REALCLOUD_SERVER_EVENTS``, the events of servers.
"""
