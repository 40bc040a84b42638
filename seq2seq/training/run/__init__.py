"""What a run keeps on the disk: its folder, its state and its snapshots."""
