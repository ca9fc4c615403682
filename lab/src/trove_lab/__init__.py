"""The lab: an embedded OpenStack cloud and an unmodified Trove that runs on it."""
