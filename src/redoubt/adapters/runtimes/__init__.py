"""What runs the guard models: their weights, the tokenizer, and ONNX Runtime."""
