"""The revisions. Each looks before it adds, so it may be run again where it broke off."""
