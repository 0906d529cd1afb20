"""Fetch, verify, keep: how a node comes by what it serves."""
