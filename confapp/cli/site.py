"""The command that makes a conference's public pages into an archive for a file server."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import click
from flask import Flask, current_app

from confapp.cli.output import Progress
from confapp.cli.refusing import command
from confapp.config import Settings
from confapp.database import Mode, transaction
from confapp.delivery.standing_site import released, standing_site
from confapp.domain.errors import N_, Invalid
from confapp.domain.programme import conferences
from confapp.web import ConfappFlask


def register(app: Flask) -> None:
    """Give the app this command."""
    app.cli.add_command(site)


@click.command("site")
@click.argument("slug")
@click.argument("file")
@command
def site(slug: str, file: str) -> None:
    """Write the public pages of the conference SLUG, as released, into the ZIP archive FILE, for any file server."""
    app = cast(ConfappFlask, current_app._get_current_object())  # type: ignore[attr-defined]
    settings = cast(Settings, app.config["CONFAPP"])
    with transaction(Mode.READ):
        agenda, _number = released(conferences.named(slug))
    progress = Progress()
    body = standing_site(
        app, agenda, base_url=settings.base_url, progress=lambda done, whole: progress.count(done, whole)
    )
    try:
        Path(file).write_bytes(body)
    except OSError as error:
        message = N_("%(path)s cannot be written: %(reason)s.", path=file, reason=error.strerror or error)
        raise Invalid({"file": [message]}) from error
    click.echo(f"{file}: {len(agenda.sessions)} sessions, {len(body):,} bytes.")
