"""What lies in files: the packaged catalogue, the user's rules, the cache of what was compiled from them."""
