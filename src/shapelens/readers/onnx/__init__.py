"""ONNX files, read from the bytes up, without their weights and without the `onnx` package."""
