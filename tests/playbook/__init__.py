"""The promises of the design as conversations: what comes in, which commands must come out, and which must not."""
