"""Bulletin: a static-site generator for external-affairs bulletins."""

__version__ = "0.1.0"
