"""Commands for transcripts: reading one from a file into a draft that a person confirms."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from flask import Flask
from flask.cli import AppGroup

from confapp import web
from confapp.cli.output import account_named, read_input, refusing, tell_json
from confapp.cli.refusing import command
from confapp.database import Mode, transaction
from confapp.domain.errors import N_, Invalid, Missing
from confapp.domain.press import transcript_editing
from confapp.domain.programme import conferences, sessions
from confapp.domain.programme.conferences import Conference
from confapp.domain.programme.sessions import Session
from confapp.imports.transcripts import TranscriptPlan, read_transcript

MEDIA_TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "html": "text/html",
    "markdown": "text/markdown",
    "srt": "application/x-subrip",
    "vtt": "text/vtt",
}
"""Of the formats that are not plain text."""
_SHOWN = 60
"""Characters of a line in a readable report."""

transcript = AppGroup("transcript", help="The words of sessions.")


def register(app: Flask) -> None:
    """Give the app these commands."""
    app.cli.add_command(transcript)


@transcript.command("import")
@click.argument("file")
@click.option("--conference", required=True, metavar="SLUG", help="Where the words were spoken.")
@click.option("--session", "code", metavar="CODE", help="The session; without one it can be linked later.")
@click.option("--by", required=True, metavar="EMAIL", help="Whose draft it becomes.")
@click.option("--dry-run", is_flag=True, help="Read and report; store nothing.")
@click.option("--json", "in_json", is_flag=True, help="Print what was read, line by line, as one JSON object.")
@command
def import_transcript(file: str, conference: str, code: str | None, by: str, dry_run: bool, in_json: bool) -> None:
    """Read the transcript FILE into a draft; nothing of it is true before a person has confirmed it."""
    with refusing(in_json=in_json):
        with transaction(Mode.READ):
            account_named(by)
            _session(conferences.named(conference), code)
        data = read_input(file)
        plan = read_transcript(data, Path(file).name)
        stored = None if dry_run else _keep(plan, data, conference, code, by)
    if in_json:
        tell_json({"conference": conference, "session": code, "version": stored, **plan.to_json()})
    else:
        _tell(plan, stored, is_dry=dry_run)


def _session(conference: Conference, code: str | None) -> Session | None:
    if code is None:
        return None
    try:
        return sessions.session(conference, code)
    except Missing as error:
        message = N_("There is no session %(code)s in %(conference)s.", code=code, conference=conference.slug)
        raise Invalid({"session": [message]}) from error


def _keep(plan: TranscriptPlan, data: bytes, slug: str, code: str | None, by: str) -> str:
    """Store the draft; the version's UUID."""
    with transaction():
        conference = conferences.named(slug)
        account = account_named(by)
        assert account is not None
        version = transcript_editing.import_plan(
            conference,
            **plan.as_version(),
            source=data,
            media_type=MEDIA_TYPES.get(plan.format, "text/plain"),
            session=_session(conference, code),
            by=account,
            now=web.now(),
        )
        return str(version.uuid)


def _tell(plan: TranscriptPlan, stored: str | None, *, is_dry: bool) -> None:
    click.echo(plan.title or "(no headline)")
    facts: dict[str, Any] = {
        "speaker": plan.speaker.name if plan.speaker else None,
        "kind": plan.kind,
        "language": plan.language,
        "delivered on": plan.delivered_on,
        "place": plan.place,
        "paragraphs": len(plan.blocks),
        "words": plan.words,
    }
    for name, value in facts.items():
        click.echo(f"  {name:<13}{'not stated' if value is None else value}")
    if is_dry:
        click.echo("Lines (number, taken for, how surely):")
        for line in plan.lines:
            words = line.text if len(line.text) <= _SHOWN else line.text[: _SHOWN - 1] + "…"
            click.echo(f"  {line.number:>5}  {line.label:<14}{line.confidence:>5.0%}  {words}")
    for title, messages in (("Warnings", plan.warnings), ("To decide before it can be submitted", plan.review)):
        if messages:
            click.echo(f"{title}:")
        for message in messages:
            click.echo(f"  {message}")
    click.echo("Dry run: nothing was stored." if is_dry else f"Stored as draft {stored}; confirm it at the press desk.")
