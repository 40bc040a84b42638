"""The equations, as Keras layers."""

import os

# Only Keras's TensorFlow backend has what these layers are made of, whatever the user's environment says.
os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras

# A user's keras.json may name another type of numbers; weights, states and losses here are float32. Products in
# bfloat16 are a property of `seq2seq.model.products`.
keras.config.set_floatx("float32")
