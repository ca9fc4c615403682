"""The tasks of the task manager: one module per task."""
