"""Runs flows: steps, the runner, waiting, exclusion, events. Knows nothing of Trove."""
