"""Changes a text as the decision obliges, and back. Nothing here decides whether to."""
