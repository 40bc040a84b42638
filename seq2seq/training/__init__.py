"""Learning: the trainer, what happens at each step, and what is kept for going on after a kill."""

# Before any module here imports Keras: it chooses Keras's backend.
import seq2seq.model  # noqa: F401
