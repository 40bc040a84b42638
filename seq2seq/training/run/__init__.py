"""The run folder: what a run keeps on the disk."""
