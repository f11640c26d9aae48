"""Therapeia: an open knowledge graph of psychotherapy, its endpoint and its pages."""

__version__ = "0.1.0"
