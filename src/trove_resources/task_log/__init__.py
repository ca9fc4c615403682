"""The task log: what operators want to know about the tasks of a host's task manager."""
