"""Training: from a config to a model, one restartable run at a time.

What comes before the model needs no TensorFlow, which takes seconds to load; so this room does not load it either.
"""

import os

# As in `seq2seq.model`, which a module here that imports Keras may come before.
os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
