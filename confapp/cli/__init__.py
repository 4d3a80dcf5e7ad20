"""The commands: `flask --app wsgi ...`, one file a group; each opens its own transaction."""

from __future__ import annotations

from importlib import import_module

import click
from flask import Flask
from flask.cli import AppGroup

from confapp import migrations

MODULES = {
    "accounts": ("accounts", "tokens"),
    "backups": ("backup", "restore"),
    "demonstration": ("demo",),
    "doctor": ("doctor",),
    "erasing": ("erase",),
    "programme": ("conferences", "import", "undo-import", "release"),
    "site": ("site",),
    "running": ("migrate", "retry", "serve", "work"),
    "transcripts": ("transcript",),
}
"""The files beside this one and the commands that their `register(app)` brings."""


class Commands(AppGroup):
    """The app's commands, each imported once somebody wants it: the web server needs none, the worker one."""

    def __init__(self, app: Flask) -> None:
        super().__init__()
        self._app = app

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Their names."""
        return sorted({"db", *(name for names in MODULES.values() for name in names), *super().list_commands(ctx)})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """One by its name."""
        if cmd_name not in self.commands:
            if cmd_name == "db":
                migrations.init_app(self._app)
            for module, names in MODULES.items():
                if cmd_name in names:
                    import_module(f"confapp.cli.{module}").register(self._app)
        return super().get_command(ctx, cmd_name)


def init_app(app: Flask) -> None:
    """Give the app its commands, beside those that its extensions brought."""
    commands = Commands(app)
    commands.commands.update(app.cli.commands)
    app.cli = commands
