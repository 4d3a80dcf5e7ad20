"""The commands: `flask --app wsgi ...`. Each opens its own transaction; a refusal is a message and exit status 1."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    """Give the app its commands."""
