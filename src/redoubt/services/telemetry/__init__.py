"""What operations see of an exchange: spans and measures, without a word of what was said and without a person."""
