"""Readers: from files of many kinds to pieces of text. Open `reader.py` first."""
