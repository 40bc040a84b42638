"""The translation model as ONNX graphs: `encoder` reads sentences, `step` scores the next piece.

Each module writes the equations of its namesake in `seq2seq.model` once more, as ONNX operators; tests hold them equal.
"""
