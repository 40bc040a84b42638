"""Learning: the trainer, what happens at each step, and what is kept for going on after a kill."""
