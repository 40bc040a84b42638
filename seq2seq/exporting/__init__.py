"""Build time only: from a model folder to ONNX graphs."""
