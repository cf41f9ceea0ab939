"""What lives in Redis: what many gateways count and remember for a while."""
