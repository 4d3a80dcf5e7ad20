"""The commands that keep everything in one file and put it back, on this machine or another, on either database."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import click
from flask import Flask, current_app

from confapp import backups, web
from confapp.cli.refusing import command
from confapp.config import Settings
from confapp.domain.errors import N_, Invalid


def register(app: Flask) -> None:
    """Give the app `backup` and `restore`."""
    app.cli.add_command(backup)
    app.cli.add_command(restore)


def _settings() -> Settings:
    return cast(Settings, current_app.config["CONFAPP"])


def _said(table: str, rows: int) -> None:
    click.echo(f"  {table}: {rows}", err=True)


@click.command("backup")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--replace", is_flag=True, help="Write over FILE if there is one.")
@command
def backup(file: Path, replace: bool) -> None:
    """Write everything into FILE while the app goes on running.

    FILE holds personal data and, with SQLite, the secrets of the instance folder: keep it like the database itself.
    """
    if file.exists() and not replace:
        raise Invalid({"file": [N_("%(file)s is there already; name another, or use --replace.", file=file)]})
    if not file.absolute().parent.is_dir():
        raise Invalid({"file": [N_("There is no folder %(folder)s.", folder=file.absolute().parent)]})
    backups.back_up(file, _settings(), now=web.now(), counted=_said)
    click.echo(f"Backed up into {file} ({file.stat().st_size:,} bytes).")


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--replace", is_flag=True, help="Delete what the database holds first.")
@command
def restore(file: Path, replace: bool) -> None:
    """Put the backup FILE into the database that DATABASE_URL names (or SQLite's). Stop web server and worker first.

    A backup of one engine restores on the other: this is how an instance moves from a laptop to PostgreSQL.
    """
    settings = _settings()
    backups.restore(file, settings, replace=replace, counted=_said)
    click.echo(f"Restored from {file}. Files of agendas are made again when they are asked for.")
    if not settings.is_embedded:
        click.echo(
            "The audit chains hold only under the CONFAPP_AUDIT_KEY of the instance that was backed up.", err=True
        )
