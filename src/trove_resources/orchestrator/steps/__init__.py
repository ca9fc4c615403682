"""The steps of the orchestrator's flows."""
