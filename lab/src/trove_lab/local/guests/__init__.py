"""Simulated guests: for each server of an instance, an agent and a database that only pretend.

A guest is to Trove what a real one is: it answers on the topic ``guestagent.<instance id>`` and reports to the
conductor. Its agent and database come and go with the server of the emulated cloud, whose events ``fleet`` follows.
"""
