"""The command that erases a person's name from what was released and published."""

from __future__ import annotations

import click
from flask import Flask

from confapp import web
from confapp.cli.refusing import command
from confapp.database import db, transaction
from confapp.domain import erasing
from confapp.domain.people import Person
from confapp.domain.programme import conferences, speakers


def register(app: Flask) -> None:
    """Give the app `erase`."""
    app.cli.add_command(erase)


@click.command("erase")
@click.argument("conference", metavar="CONFERENCE")
@click.argument("speaker", metavar="SPEAKER")
@click.option("--yes", is_flag=True, help="Do not ask.")
@command
def erase(conference: str, speaker: str, yes: bool) -> None:
    """Erase the name of the person behind SPEAKER (a code) of CONFERENCE (a slug) wherever it was released. For good.

    The draft's profile stays: edit or delete it first, or the next release brings the name back.
    """
    now = web.now()
    with transaction():
        person = db.session.get_one(Person, speakers.speaker(conferences.named(conference), speaker).person_id)
        if not yes:
            click.confirm(f"Erase {person.name} from every release and publication, for good?", abort=True, err=True)
        found = erasing.erase(person, by=None, now=now)
        click.echo(f"Erased from {found.releases} releases and {len(found.publications)} publications.")
        for each in found.publications:
            click.echo(
                f"What was said stays, and may still name them: /{conference}/press/{each.public_id}/v/{each.number}"
            )
