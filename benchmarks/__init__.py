"""Speed and accuracy, measured; ``python -m benchmarks`` prints the tables of the README."""
