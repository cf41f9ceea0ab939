"""What a text contains. Nothing here knows of policies, users or files."""
