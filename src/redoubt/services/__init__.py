"""What Redoubt remembers between exchanges. Each room begins with its `interface.py`."""
