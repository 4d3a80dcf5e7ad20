"""The commands: `flask --app wsgi ...`, one file a group; each opens its own transaction."""

from __future__ import annotations

from flask import Flask

from confapp.cli.accounts import register as register_accounts
from confapp.cli.programme import register as register_programme
from confapp.cli.running import register as register_running


def init_app(app: Flask) -> None:
    """Give the app its commands."""
    register_accounts(app)
    register_programme(app)
    register_running(app)
