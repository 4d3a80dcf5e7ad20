"""The JSON API: the same schemas and commands as the pages, under /api."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    """Register the API."""
