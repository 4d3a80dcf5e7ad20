"""The commands: `flask --app wsgi ...`, one file a group; each opens its own transaction."""

from __future__ import annotations

from flask import Flask

from confapp.cli.accounts import register as register_accounts


def init_app(app: Flask) -> None:
    """Give the app its commands."""
    register_accounts(app)
