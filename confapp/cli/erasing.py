"""The command that erases a person from every conference."""

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
    """Erase the person behind SPEAKER (a code) of CONFERENCE (a slug) from every conference here. For good.

    An owner's page erases from one conference. What was said stays, and so does the source of an import: the
    next import of one that names nobody by a code would bring a new profile.
    """
    now = web.now()
    with transaction():
        person = db.session.get_one(Person, speakers.speaker(conferences.named(conference), speaker).person_id)
        if not yes:
            click.confirm(
                f"Erase {person.name} from every profile, release and publication, for good?", abort=True, err=True
            )
        found = erasing.erase(person, by=None, now=now)
        click.echo(
            f"Erased from {found.profiles} profiles, {found.releases} releases, {len(found.publications)} "
            f"publications, {found.versions} transcript versions and {found.imports} imports."
        )
        for each in found.publications:
            click.echo(
                f"What was said stays, and may still name them: /{conference}/press/{each.public_id}/v/{each.number}"
            )
