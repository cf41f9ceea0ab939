"""Examples that we write ourselves: for each bad text a harmless twin that shares its words.

Each module has ``examples(rng, count)``, which yields ``count`` of them; the same ``rng`` state gives the same ones.
"""
