"""The operators that an exported graph may use: those that `seq2seq.exporting.graphs` writes, and no others.

The export can write none that is missing here, and a folder with another one is refused before ONNX Runtime sees it. No
operator decides what runs next; the only loop is Scan, which takes as many turns as its input is long.
"""

MICROSOFT = "com.microsoft"
"""The domain of ONNX Runtime's own operators."""
SCAN = "Scan"
"""The loop of an encoder whose cell ONNX has no operator for, or whose products are of bytes."""

_STANDARD = (
    "Add Cast Concat Div Exp Expand Flatten GRU Gather GatherElements GatherND Gemm Greater Identity LSTM Less Log "
    "MatMul Min Mod Mul Pad QuantizeLinear RNN Range ReduceMax ReduceMean ReduceSum Reshape Scan Shape Sigmoid Slice "
    "Softmax Split Squeeze Sub Tanh TopK Transpose Unsqueeze"
)
OPERATORS = frozenset(
    [*(("", name) for name in _STANDARD.split()), (MICROSOFT, "FusedMatMul"), (MICROSOFT, "MatMulIntegerToFloat")]
)
"""Domain and name of each operator that the export writes."""
OLDER_OPERATORS = frozenset([("", "LogSoftmax"), ("", "Max")])
"""Those that only older exports have."""
VERSIONS = {"": (17, 18), MICROSOFT: (1,)}
"""Versions of the domains of operators."""
