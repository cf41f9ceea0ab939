"""What an answer would do once it is shown, opened or run: links that carry data out, active content, promises, other topics."""
