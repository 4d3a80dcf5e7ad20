"""Personal calendars: what lives at a secret address, looked up by one select before a kept answer is told again."""

from __future__ import annotations

import sqlalchemy as sa
from flask import g

from confapp.database import db
from confapp.domain import feeds
from confapp.domain.errors import Missing
from confapp.domain.tokens import digest
from confapp.kept import writes
from confapp.web import ConfappFlask

WORD = "feeds"
"""The first word of secret addresses; the token follows it."""


def standing(token: str, *, is_kept: bool) -> feeds.Standing:
    """What the calendar at a secret holds; raises Missing. `is_kept`: this request's answer follows from it alone."""
    begun = writes()
    found = feeds.at(db.session.connection(), digest(token))
    if found is None:
        raise Missing()
    if is_kept:
        g.stamp = found, begun
    return found


def watch(app: ConfappFlask) -> None:
    """Let kept answers at secret addresses be told again only while they stand."""
    engines: list[sa.Engine] = []

    def look(path: str) -> object | None:
        if not engines:
            with app.app_context():
                engines.append(db.engine)
        with engines[0].connect() as connection:
            return feeds.at(connection, digest(path.split("/")[2]))

    app.kept.stamps[WORD] = look
