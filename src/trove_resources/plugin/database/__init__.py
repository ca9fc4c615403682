"""Trove's database: its rows, our columns, and their migrations."""
