"""What happens beside the updates: the clock, the log, validations, snapshots, the page."""
