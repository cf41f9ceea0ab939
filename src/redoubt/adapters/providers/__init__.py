"""The HTTP client that reaches model providers."""
