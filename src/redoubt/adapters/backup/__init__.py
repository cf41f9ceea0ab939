"""Keys and records in one file that opens with a passphrase, and back from it."""
