"""Training: from a config to a model, one restartable run at a time."""

# It chooses Keras's backend, so it comes before any module here imports Keras.
import seq2seq.model  # noqa: F401
