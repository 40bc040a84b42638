"""What happens at each update beside learning: the clock, logs, validations and their listeners, snapshots."""
