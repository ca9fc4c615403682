"""Simulated guests: a simulated agent and database for the server of each instance.

A guest looks to Trove like a real one: it answers on the topic ``guestagent.<instance id>`` and reports to the
conductor. It starts and stops with its server in the emulated cloud, whose events ``fleet`` follows.
"""
