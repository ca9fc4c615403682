"""The Trove plug-in: the only package that knows Trove."""
