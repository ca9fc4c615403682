"""The command ``trove-resources``, for operators."""
