"""The pages: one blueprint a noun. Registering them here is what gives them addresses."""

from __future__ import annotations

from flask import Flask

from confapp.blueprints import (
    accounts,
    agenda,
    attendees,
    conferences,
    grants,
    health,
    hosts,
    schedule,
    sessions,
    speakers,
)


def init_app(app: Flask) -> None:
    """Register every blueprint of pages."""
    for module in (health, agenda, attendees, accounts, conferences, grants, hosts, sessions, speakers, schedule):
        app.register_blueprint(module.blueprint)
