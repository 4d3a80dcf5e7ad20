"""Commands for the programme: making a conference, importing a programme file, releasing the schedule."""

from __future__ import annotations

import datetime as dt
import time
import uuid
from collections.abc import Collection
from dataclasses import asdict
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click
from flask import Flask
from flask.cli import AppGroup

from confapp import delivery, web
from confapp.cli.output import Progress, account_named, read_input, refusing, tell_json
from confapp.cli.refusing import command
from confapp.database import Mode, transaction
from confapp.domain import imported, outbox
from confapp.domain.errors import N_, Invalid, Stale
from confapp.domain.letters import tellings
from confapp.domain.letters.tellings import Choice, When
from confapp.domain.programme import conferences as domain
from confapp.domain.release import releases
from confapp.domain.release.frozen import agenda
from confapp.exports.fonts import lacking
from confapp.imports import read_programme
from confapp.imports.apply import apply
from confapp.imports.difference import REPORTED, Difference, prepare
from confapp.imports.plan import Plan, Remark
from confapp.imports.sources import files_in
from confapp.imports.undo import undo
from confapp.schemas.conferences import ConferenceSchema

ATTEMPTS = 3
"""How often an import is compared anew when somebody changed the programme meanwhile."""

conferences = AppGroup("conferences", help="Whole events.")


def register(app: Flask) -> None:
    """Give the app these commands."""
    for each in (conferences, import_programme, undo_import, release):
        app.cli.add_command(each)


@conferences.command("create")
@click.argument("slug")
@click.option("--timezone", required=True, metavar="TZ", help="Where it is held, such as Europe/Brussels.")
@click.option("--title", help="By default the slug.")
@click.option("--from", "starts_on", metavar="DATE", help="The first day, such as 2026-05-18; by default today.")
@click.option("--to", "ends_on", metavar="DATE", help="The last day; by default the first.")
@click.option("--language", "languages", multiple=True, metavar="TAG", help="Repeat for more; the first leads. [en]")
@click.option("--by", metavar="EMAIL", help="Whose account becomes the owner.")
@command
def create_conference(
    slug: str,
    timezone: str,
    title: str | None,
    starts_on: str | None,
    ends_on: str | None,
    languages: tuple[str, ...],
    by: str | None,
) -> None:
    """Make the conference SLUG, with an empty programme."""
    now = web.now()
    leading = languages[0] if languages else "en"
    given = {
        "slug": slug,
        "timezone": timezone,
        "title": {leading: title or slug},
        "languages": list(languages) or [leading],
    }
    day = starts_on or _today(timezone, now).isoformat()
    values = web.clean(ConferenceSchema(), given | {"starts_on": day, "ends_on": ends_on or day})
    with transaction():
        made = domain.create(values, by=account_named(by), now=now)
        click.echo(f"{made.slug} is made: {made.starts_on} to {made.ends_on}, {made.timezone}.")


def _today(timezone: str, now: dt.datetime) -> dt.date:
    """The date there; an unknown zone is refused later, by name."""
    try:
        return now.astimezone(ZoneInfo(timezone)).date()
    except (KeyError, ValueError, OSError):
        return now.date()


@click.command("import")
@click.argument("file")
@click.option("--conference", required=True, metavar="SLUG", help="Where to; it is made if it is new.")
@click.option("--timezone", metavar="TZ", help="For files that name no time zone; by default the conference's.")
@click.option("--dry-run", is_flag=True, help="Compare and report; store nothing.")
@click.option("--json", "in_json", is_flag=True, help="Print the report as one JSON object.")
@click.option("--cancel-vanished", is_flag=True, help="Cancel the sessions that came from this source and are gone.")
@click.option("--rows", "with_rows", is_flag=True, help="Report row by row too.")
@click.option(
    "--column", "columns", multiple=True, metavar="FIELD=HEADING", help="Which column of a CSV file holds what."
)
@click.option("--by", metavar="EMAIL", help="Who imports; becomes the owner of a new conference.")
@command
def import_programme(
    file: str,
    conference: str,
    timezone: str | None,
    dry_run: bool,
    in_json: bool,
    cancel_vanished: bool,
    with_rows: bool,
    columns: tuple[str, ...],
    by: str | None,
) -> None:
    """Import the programme FILE (or folder); importing it again only brings what its source changed since.

    Read are frab or Pentabarf schedule.xml and schedule.json, pretalx API JSON, Open Event (folder or ZIP), Sessionize
    JSON, iCalendar and CSV; what a file is, its content tells.
    """
    progress = Progress(is_silent=in_json)
    with refusing(in_json=in_json):
        web.clean(ConferenceSchema(only=("slug",)), {"slug": conference})
        with transaction(Mode.READ):
            account_named(by)
            held = domain.find(conference)
            zone = timezone or (held.timezone if held else None)
        progress.say(f"Reading {file}")
        held_in = files_in(Path(file)) if Path(file).is_dir() else read_input(file)
        plan = read_programme(held_in, Path(file).name, timezone=zone, columns=_columns(columns))
        cancel = None if cancel_vanished else ()
        difference = _import(plan, conference, by, progress, is_dry=dry_run, cancel=cancel, name=Path(file).name)
    if in_json:
        tell_json(difference.report() | ({"rows": [asdict(row) for row in difference.rows()]} if with_rows else {}))
    else:
        _tell(difference, is_dry=dry_run, with_rows=with_rows)


def _columns(given: tuple[str, ...]) -> dict[str, str]:
    """Headings by field, of options such as `title=Talk`; raises Invalid naming `columns`."""
    pairs = [each.partition("=") for each in given]
    if any(not sign or not field.strip() for field, sign, _ in pairs):
        raise Invalid({"columns": [N_("Give a column as FIELD=HEADING, such as title=Talk.")]})
    return {field.strip(): heading.strip() for field, _, heading in pairs}


@click.command("undo-import")
@click.argument("slug")
@click.option("--import", "identifier", metavar="UUID", help="Which one; by default the last that was not undone.")
@click.option("--list", "only_list", is_flag=True, help="List the imports, the latest first; undo nothing.")
@click.option("--by", metavar="EMAIL", help="Who undoes it.")
@command
def undo_import(slug: str, identifier: str | None, only_list: bool, by: str | None) -> None:
    """Undo a whole import into the conference SLUG; refused where somebody worked on what it brought."""
    with transaction(Mode.READ if only_list else Mode.WRITE):
        conference = domain.named(slug)
        if only_list:
            for each in imported.imports(conference):
                state = "undone" if each.undone_at else "applied"
                click.echo(f"{each.uuid}  {each.at:%Y-%m-%d %H:%M}  {state:<7}  {each.name or each.source}")
            return
        run = imported.imported(conference, _identifier(identifier)) if identifier else imported.latest(conference)
        undo(run, conference, by=account_named(by), now=web.now())
        click.echo(f"The import of {run.name or run.source} is undone.")


def _identifier(words: str) -> uuid.UUID:
    try:
        return uuid.UUID(words)
    except ValueError as error:
        raise Invalid({"import": [N_("“%(words)s” is no UUID.", words=words)]}) from error


def _import(
    plan: Plan,
    slug: str,
    by: str | None,
    progress: Progress,
    *,
    is_dry: bool,
    cancel: Collection[str] | None,
    name: str,
) -> Difference:
    """Compare outside, write inside a transaction; again where somebody was quicker."""
    for attempt in range(1, ATTEMPTS + 1):
        progress.say(f"Comparing {len(plan.sessions)} sessions with what stands")
        with transaction(Mode.READ):
            difference = prepare(plan, domain.find(slug), slug=slug, cancel=cancel)
        if is_dry or difference.is_empty:
            break
        progress.say("Writing")
        began = time.perf_counter()
        try:
            with transaction():
                apply(difference, by=account_named(by), now=web.now(), name=name)
        except Stale:
            if attempt == ATTEMPTS:
                raise
            continue
        progress.say(f"Written in {time.perf_counter() - began:.1f} s")
        break
    return difference


def _tell(difference: Difference, *, is_dry: bool, with_rows: bool) -> None:
    click.echo(f"{difference.slug}{' (dry run: nothing was stored)' if is_dry else ''}")
    counted = difference.count()
    for name in REPORTED.values():
        click.echo(f"  {name:<9}" + "".join(f"{deed} {counted[deed][name]:>5}   " for deed in counted).rstrip())
    for row in difference.rows() if with_rows else ():
        fields = f" ({', '.join(row.fields)})" if row.fields else ""
        click.echo(f"  {row.deed:<9} {row.kind:<8} {row.name}{fields}")
    _tell_remarks("Refused", difference.refused)
    _tell_remarks("Warnings", difference.warnings)


def _tell_remarks(title: str, remarks: Any) -> None:
    if remarks:
        click.echo(f"{title}:")
    for remark in remarks:
        click.echo(f"  {_line(remark)}")


def _line(remark: Remark) -> str:
    value = f" ({remark.value})" if remark.value else ""
    often = f" [{remark.count} times]" if remark.count > 1 else ""
    return f"{remark.where}, {remark.field}: {remark.message}{value}{often}"


@click.command("release")
@click.argument("slug")
@click.option("--note", default="", help="What readers are told of it.")
@click.option("--override", metavar="REASON", help="Release over conflicts that block; the reason is kept.")
@click.option("--by", metavar="EMAIL", help="Who releases.")
@click.option(
    "--tell",
    type=click.Choice(["now", "later", "nobody"]),
    default="later",
    show_default=True,
    help="Those whom it concerns; later: their letters lie ready on the page of releases.",
)
@command
def release(slug: str, note: str, override: str | None, by: str | None, tell: str) -> None:
    """Freeze the schedule of the conference SLUG as its next release, and make its files where no worker does."""
    now = web.now()
    with transaction():
        conference = domain.named(slug)
        made, passed = releases.release(
            conference,
            expected=None,
            note={conference.languages[0]: note} if note else {},
            by=account_named(by),
            now=now,
            override=override,
            may_override=True,
        )
        tellings.tell(conference, made, Choice(When(tell)), by=account_named(by), now=now)
    click.echo(f"Release {made.number} of {slug} is public.")
    if passed:
        click.echo(f"{len(passed)} conflicts were passed over:")
        for conflict in passed:
            click.echo(f"  {conflict.message}")
    with transaction(Mode.READ):
        for each in lacking(agenda(made)):
            where = each.session.code if each.session else "the names of the conference, rooms, tracks or hosts"
            click.echo(f"PDFs show \ufffd in {where} for {each}: no font for print has them.", err=True)
        if outbox.is_alive("renders", now=now):
            click.echo("The worker is making its files.", err=True)
        else:
            delivery.make_for_release(made, Progress().count, now=now)
