"""Lines in, lines out."""
