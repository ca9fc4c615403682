"""The native manager's steps: a module a kind of resource."""
