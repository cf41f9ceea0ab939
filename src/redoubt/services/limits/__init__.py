"""How much may be taken: requests, tokens, cost, exchanges at the same time."""
