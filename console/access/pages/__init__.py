"""Pages of who may call."""
