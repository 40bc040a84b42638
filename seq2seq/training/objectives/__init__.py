"""What one update minimizes."""
