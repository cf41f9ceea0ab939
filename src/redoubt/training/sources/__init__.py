"""Rows of the data folder as examples: one module for each head, since each file has columns of its own."""
