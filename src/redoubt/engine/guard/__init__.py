"""The guard models: what a text wants, whether it hurts, which names stand in it. Open `interface.py` first, then `detector.py`."""
