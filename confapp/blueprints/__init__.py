"""The pages: one blueprint a noun. Registering them here is what gives them addresses."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    """Register every blueprint of pages."""
