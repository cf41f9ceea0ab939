"""Key services of others."""
