"""How the guard models come to be: examples in, weights out. Needs the extra ``train``; nothing at run time imports it."""
