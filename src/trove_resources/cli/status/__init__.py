"""``trove-resources-status upgrade check``: whether this Trove is ready for trove-resources, and it for this Trove.

A module a subject; a check is a function that is handed the site and returns how it went and, if not well, what to do.
"""
