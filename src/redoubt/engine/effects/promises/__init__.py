"""Small grammars of promises, one file for each language."""
