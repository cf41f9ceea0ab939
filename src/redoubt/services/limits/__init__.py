"""How much one caller may take."""
