"""What a run is configured with."""
