"""Models that are asked as judges, over the network, where the operator configured one."""
