"""The translation model as ONNX graphs: one encodes sentences, one takes a decoding step.

The equations of `seq2seq.model` are written once more, as ONNX operators; tests hold the two equal.
"""
