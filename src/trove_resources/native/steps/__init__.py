"""The steps of the native manager: one module per resource, and one per operation on a server or volume."""
