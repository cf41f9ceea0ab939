"""Examples that others labelled: rows of public data in, only what is really known about them out."""
