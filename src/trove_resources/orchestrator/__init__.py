"""The orchestrator: it delegates everything to Heat, one stack an instance."""
