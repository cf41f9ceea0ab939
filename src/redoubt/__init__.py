"""Redoubt: a self-hosted security layer for everything that talks to a generative model."""

__version__ = "0.1.0"
