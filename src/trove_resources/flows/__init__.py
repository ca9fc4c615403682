"""Runs flows: the runner, waiting, one flow an instance, progress."""
