"""The command that looks whether everything is in order, and says what to do where it is not."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit, urlunsplit

import click
import sqlalchemy as sa
from flask import Flask, current_app
from sqlalchemy.exc import DBAPIError

from confapp import web
from confapp.cli.refusing import command
from confapp.config import Settings
from confapp.database import PUBLIC_ROLE, PUBLIC_TABLES, Mode, db, transaction
from confapp.domain import audit, files, jobs, outbox
from confapp.domain.press import publications
from confapp.domain.programme.conferences import Conference
from confapp.domain.release import releases
from confapp.domain.release.frozen import agenda
from confapp.exports import fonts
from confapp.migrations import is_migrated
from confapp.web.rendering import asset
from confapp.worker.parts import BEATING

OLDEST_BEAT = dt.timedelta(seconds=60)
ALIKE_AFTER = dt.timedelta(minutes=10)
"""How long machines may differ while they are brought to a new version one by one."""
SECRET = ("secret_key", "audit_key", "metrics_token")
SHOWN = 5
"""How many of the rows that were given up are named."""


@dataclass(frozen=True)
class Finding:
    """What one look found: in order, or not and what to do."""

    subject: str
    words: str
    remedy: str = ""

    @property
    def is_good(self) -> bool:
        """Whether nothing is to be done."""
        return not self.remedy


Look = Callable[[dt.datetime], Iterator[Finding]]


def register(app: Flask) -> None:
    """Give the app `doctor`."""
    app.cli.add_command(doctor)


@click.command("doctor")
@command
def doctor() -> None:
    """Look whether everything is in order; ends with status 1 where it is not."""
    settings = cast(Settings, current_app.config["CONFAPP"])
    click.echo("Settings")
    for line in _settings(settings):
        click.echo(f"  {line}")
    click.echo("Checks")
    findings = list(examine(web.now()))
    for each in findings:
        click.echo(f"  {'ok   ' if each.is_good else 'WRONG'}  {each.subject}: {each.words}")
        if not each.is_good:
            click.echo(f"         {each.remedy}")
    wrong = sum(not each.is_good for each in findings)
    if wrong:
        raise click.ClickException(f"{wrong} of {len(findings)} checks found something wrong.")
    click.echo("Everything is in order.")


def _settings(settings: Settings) -> Iterator[str]:
    """Each setting, its value (secrets only by their length) and where it comes from."""
    for declared in fields(settings):
        variable, value = declared.metadata["variable"], getattr(settings, declared.name)
        if os.environ.get(variable) is not None:
            source = "environment"
        elif value == declared.default:
            source = "default"
        else:
            source = f"{settings.instance / declared.name}.txt"
        yield f"{variable:<28} {_said(declared.name, value)}  ({source})"


def _said(name: str, value: object) -> str:
    if name in SECRET:
        return f"set, {len(str(value))} characters" if value else "not set"
    words = str(value)
    parts = urlsplit(words)
    if parts.password:
        hidden = parts.netloc.replace(f":{parts.password}@", ":...@")
        return urlunsplit(parts._replace(netloc=hidden))
    return words if words != "" else "empty"


def examine(now: dt.datetime) -> Iterator[Finding]:
    """Every look, one after the other; those into the database only where it can be read."""
    yield from _assets(now)
    yield from _fonts(now)
    try:
        with transaction(Mode.READ):
            db.session.execute(sa.text("SELECT 1"))
            kind = db.session.connection().dialect.name
            migrated = is_migrated()
    except DBAPIError as error:
        remedy = "Start the database server, or correct DATABASE_URL."
        yield Finding("database", f"cannot be reached ({' '.join(str(error.orig).split())})", remedy)
        return
    yield Finding("database", f"{kind}, reachable")
    if not migrated:
        yield Finding("tables", "not at the newest revision", "Run `flask --app wsgi migrate`.")
        return
    yield Finding("tables", "at the newest revision")
    for look in (_fence, _chains, _ledgers, _letters, _worker, _outbox, _files, _jobs):
        with transaction(Mode.READ):
            found = list(look(now))
        yield from found


def _assets(_now: dt.datetime) -> Iterator[Finding]:
    folder = Path(current_app.static_folder or "")
    try:
        with current_app.test_request_context():
            missing = [name for name in ("site.css", "site.js", "theme.js") if not _built(folder, name)]
    except (RuntimeError, KeyError, OSError, ValueError) as error:
        missing = [str(error)]
    if missing:
        yield Finding("assets", f"missing: {', '.join(missing)}", "Run `make assets`.")
    else:
        yield Finding("assets", "built")


def _built(folder: Path, name: str) -> bool:
    return (folder / Path(asset(name)).name).is_file()


def _fonts(_now: dt.datetime) -> Iterator[Finding]:
    try:
        found = fonts.faces()
    except (fonts.FontsMissing, OSError) as error:
        yield Finding("fonts for print", str(error), "Run `make assets`.")
    else:
        yield Finding("fonts for print", f"{len(found)} files")


def _fence(_now: dt.datetime) -> Iterator[Finding]:
    """The public fence on PostgreSQL: a role that this user can take and that reads PUBLIC_TABLES and nothing else."""
    connection = db.session.connection()
    if connection.dialect.name != "postgresql":
        yield Finding("public fence", "kept by SQLite's authorizer")
        return
    user = connection.scalar(sa.text("SELECT current_user"))
    owner = f'CREATE ROLE {PUBLIC_ROLE} NOLOGIN; GRANT {PUBLIC_ROLE} TO "{user}";'
    ask = f"Let the database's owner run: {owner} Then run `flask --app wsgi migrate`."
    if not connection.scalar(sa.text("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = :r)"), {"r": PUBLIC_ROLE}):
        yield Finding("public fence", f"there is no role {PUBLIC_ROLE}", ask)
        return
    try:
        with connection.begin_nested() as savepoint:
            connection.exec_driver_sql(f"SET LOCAL ROLE {PUBLIC_ROLE}")
            savepoint.rollback()
    except DBAPIError:
        yield Finding("public fence", f"{user} may not take the role {PUBLIC_ROLE}", ask)
        return
    rows = connection.execute(_GRANTS, {"role": PUBLIC_ROLE}).all()
    held = {(row.relname, row.privilege_type) for row in rows if not row.is_everybodys}
    open_to_all = sorted((row.relname, row.privilege_type) for row in rows if row.is_everybodys)
    wanted = {(table, "SELECT") for table in PUBLIC_TABLES}
    wrong = [f"{privilege} on {table} too many" for table, privilege in sorted(held - wanted)]
    wrong += [f"{privilege} on {table} missing" for table, privilege in sorted(wanted - held)]
    if open_to_all:
        said = "; ".join(f"{privilege} on {table} for everybody" for table, privilege in open_to_all)
        revoke = " ".join(f"REVOKE {privilege} ON {table} FROM PUBLIC;" for table, privilege in open_to_all)
        yield Finding("public fence", said, f"Let the database's owner run: {revoke}")
    if wrong:
        yield Finding("public fence", "; ".join(wrong), "Run `flask --app wsgi migrate`: it mends the grants.")
    if not wrong and not open_to_all:
        yield Finding("public fence", f"{PUBLIC_ROLE} reads {len(PUBLIC_TABLES)} tables and nothing else")


_GRANTS = sa.text(
    "SELECT relname, acl.privilege_type, acl.grantee = 0 AS is_everybodys FROM pg_class, aclexplode(relacl) AS acl"
    " WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'S')"
    " AND acl.grantee IN (SELECT oid FROM pg_roles WHERE rolname = :role UNION SELECT 0)"
)
"""What the role holds, by name or as one of everybody (PUBLIC, whose oid is 0)."""

TAMPERED = "Somebody changed rows behind the app's back: compare with a backup from before, and find out who."


def _slugs() -> dict[int, str]:
    return {row.id: row.slug for row in db.session.execute(sa.select(Conference.id, Conference.slug))}


def _chains(_now: dt.datetime) -> Iterator[Finding]:
    slugs = _slugs()
    heads = db.session.scalars(sa.select(audit.AuditHead.conference_id).order_by(audit.AuditHead.conference_id)).all()
    chains = sorted({*heads, *db.session.scalars(sa.select(audit.AuditEntry.conference_id).distinct())})
    broken = {chain: audit.broken_at(chain or None) for chain in chains}
    for chain, number in broken.items():
        if number is not None:
            where = slugs.get(chain, "the instance" if chain == 0 else f"conference {chain}")
            yield Finding("audit chain", f"of {where} does not hold from entry {number} on", TAMPERED)
    if not any(broken.values()):
        yield Finding("audit chains", f"{len(chains)} hold")


def _ledgers(_now: dt.datetime) -> Iterator[Finding]:
    broken = {slug: publications.broken_at(number) for number, slug in _slugs().items()}
    for slug, publication in broken.items():
        if publication is not None:
            where = f"{publication.public_id}, publication {publication.number}"
            yield Finding("publication ledger", f"of {slug} does not hold from {where} on", TAMPERED)
    if not any(broken.values()):
        yield Finding("publication ledgers", f"{len(broken)} hold")


def _letters(_now: dt.datetime) -> Iterator[Finding]:
    """Which characters of the latest releases no font for print draws."""
    found = 0
    for number, slug in _slugs().items():
        latest = releases.current(number)
        for each in fonts.lacking(agenda(latest))[:SHOWN] if latest else []:
            where = f"session {each.session.code}" if each.session else "names"
            remedy = "Write them otherwise, or put a TrueType font into confapp/assets/fonts and run `make assets`."
            yield Finding("letters in print", f"{slug}, {where}: {each} are shown as \ufffd", remedy)
            found += 1
    if not found:
        yield Finding("letters in print", "all are drawn")


def _worker(now: dt.datetime) -> Iterator[Finding]:
    beats = outbox.beats()
    for name in BEATING:
        age = now - beats[name] if name in beats else None
        if age is not None and age <= OLDEST_BEAT:
            yield Finding(f"worker, {name}", f"swept {max(0, round(age.total_seconds()))} s ago")
        else:
            words = "never swept" if age is None else f"swept last {_length(age)} ago"
            yield Finding(f"worker, {name}", words, "Start it with `flask --app wsgi work`, or look into its log.")


def _length(age: dt.timedelta) -> str:
    minutes = int(age.total_seconds() // 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h"


def _outbox(_now: dt.datetime) -> Iterator[Finding]:
    rows = outbox.given_up()
    if not rows:
        yield Finding("outbox", "nothing was given up")
        return
    named = "; ".join(f"{row.kind} of {row.created_at:%Y-%m-%d %H:%M} UTC: {row.error}" for row in rows[:SHOWN])
    remedy = "Mend what the errors name, then run `flask --app wsgi retry`."
    yield Finding("outbox", f"{len(rows)} given up: {named}{' ...' if len(rows) > SHOWN else ''}", remedy)


def _files(now: dt.datetime) -> Iterator[Finding]:
    if left := files.left(before=now - ALIKE_AFTER):
        yield Finding(
            "files for another worker",
            f"{len(left)} wait: {left[0]}",
            "Give all machines the same settings and the same version.",
        )
    rows = files.given_up()
    if not rows:
        yield Finding("files", "none failed")
        return
    slugs = _slugs()
    named = "; ".join(
        f"{row.spec['kind']} of {slugs[row.conference_id]}, release {row.release}: "
        f"{row.error or 'each attempt ended with the worker itself'}"
        for row in rows[:SHOWN]
    )
    remedy = "Mend what the errors name, then run `flask --app wsgi retry`."
    yield Finding("files", f"{len(rows)} failed: {named}{' ...' if len(rows) > SHOWN else ''}", remedy)


def _jobs(_now: dt.datetime) -> Iterator[Finding]:
    rows = jobs.failed()
    if not rows:
        yield Finding("jobs", "none failed")
        return
    slugs = _slugs()
    named = "; ".join(f"{row.kind.value} of {slugs[row.conference_id]}, {row.uuid}" for row in rows[:SHOWN])
    remedy = "The worker's log says why, under the same number. Mend that, then ask for them again."
    yield Finding("jobs", f"{len(rows)} failed: {named}{' ...' if len(rows) > SHOWN else ''}", remedy)
