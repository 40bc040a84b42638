"""What a run reports while it learns."""
