"""Exports: frozen values in, bytes out."""
