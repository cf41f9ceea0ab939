"""The practice model: a simulated provider in the process, to try everything with no key and no network."""
