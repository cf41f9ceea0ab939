"""Which pseudonym stands for which value, for whom, for how long."""
