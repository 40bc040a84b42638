"""Which pairs an update learns from."""
