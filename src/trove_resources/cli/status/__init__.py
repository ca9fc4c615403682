"""``trove-resources-status upgrade check``: whether a deployment is ready for trove-resources.

One module per subject. A check is a function of the site that returns a result; unless it is a success, the result
says what to do.
"""
