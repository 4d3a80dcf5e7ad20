"""The command that loads the demonstration conference, and what the first start does of it."""

from __future__ import annotations

import os
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import cast

import click
import sqlalchemy as sa
from flask import Flask, current_app

from confapp import web
from confapp.accounts import hashed
from confapp.cli.refusing import command
from confapp.config import Settings
from confapp.database import Mode, db, transaction
from confapp.demo import values
from confapp.demo.loading import SLUG, load
from confapp.domain import removing
from confapp.domain.errors import N_, NotNow
from confapp.domain.programme import conferences
from confapp.domain.programme.conferences import Conference

PASSWORD_BYTES = 12


def register(app: Flask) -> None:
    """Give the app `demo`."""
    app.cli.add_command(demo)


@click.command("demo")
@click.option("--replace", is_flag=True, help="Delete the demonstration that stands, and load it anew.")
@command
def demo(replace: bool) -> None:
    """Load the demonstration conference, with a keynote live now, and print its accounts."""
    _load(may_replace=replace)


def load_if_empty() -> None:
    """Load the demonstration where there is no conference at all; where it stands, print its accounts again."""
    with transaction(Mode.READ):
        is_empty = not db.session.scalar(sa.select(sa.func.count()).select_from(Conference))
        is_loaded = conferences.find(SLUG) is not None
    if is_empty:
        try:
            _load(may_replace=False)
        except NotNow:  # another process started at the same moment and was faster: it told the accounts
            click.echo("The demonstration was loaded by another process meanwhile.")
    elif is_loaded and _kept().exists():
        click.echo(_kept().read_text(encoding="utf-8"), nl=False)


def _load(*, may_replace: bool) -> None:
    password = secrets.token_urlsafe(PASSWORD_BYTES)
    password_hash = hashed(password)  # takes its time: not while the database is locked
    now = web.now()
    with transaction():
        held = conferences.find(SLUG)
        if held is not None and not may_replace:
            raise NotNow(
                N_("The demonstration “%(slug)s” is here already; --replace deletes it and loads it anew.", slug=SLUG)
            )
        if held is not None:
            removing.remove(held, by=None, now=now)
        accounts = load(password_hash=password_hash, now=now)
    words = _table(accounts, password)
    click.echo(words, nl=False)
    try:
        _keep(words)
    except OSError as error:
        click.echo(f"{_kept()} cannot be written ({error.strerror}): note the password now.", err=True)


def _table(accounts: Sequence[values.Account], password: str) -> str:
    """The accounts as people read them."""
    lines = [f"The demonstration is at /{SLUG}/. Its accounts, all with one password:", ""]
    for each in accounts:
        role = "administrator" if each.admin else (each.role or "attendee").replace("_", " ")
        scope = each.track or each.host or each.transcript
        lines.append(f"  {each.email:<26}{password:<20}{role}{f' ({scope})' if scope else ''}")
    return "\n".join([*lines, "", ""])


def _kept() -> Path:
    return cast(Settings, current_app.config["CONFAPP"]).instance / "demo-accounts.txt"


def _keep(words: str) -> None:
    """Keep the table, readable by the app's own user alone, for the next start."""
    path = _kept()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(words)
