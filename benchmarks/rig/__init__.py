"""What stands around the gateway while it is measured: a provider and callers, on a processor of their own."""
