"""The Python library: `Guard`."""
