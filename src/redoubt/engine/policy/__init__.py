"""What follows from what was found. Nothing here looks at the text."""
