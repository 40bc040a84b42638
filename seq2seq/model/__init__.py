"""The equations, as Keras layers."""

import os

# Only Keras's TensorFlow backend has what these layers are made of, whatever the user's environment says.
os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
