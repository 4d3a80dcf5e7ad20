"""Personal calendars: what lives at a secret address, looked up by one select before a kept answer is told again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import segno
import sqlalchemy as sa
from flask import current_app, g, url_for

from confapp.database import db
from confapp.domain.attendance import feeds
from confapp.domain.errors import Missing
from confapp.domain.tokens import digest
from confapp.web import ConfappFlask
from confapp.web.kept import writes

WORD = "feeds"
"""The first word of secret addresses; the token follows it."""


class Glance:
    """One select, compiled once and run by itself on a driver's own connection: half of the library's way was ours."""

    def __init__(self, engine: sa.Engine, statement: sa.Select[Any]) -> None:
        compiled = statement.compile(dialect=engine.dialect, compile_kwargs={"render_postcompile": True})
        self._engine, self._words = engine, compiled.string
        self._values, self._order = dict(compiled.params), getattr(compiled, "positiontup", None)

    def first(self, **values: Any) -> Any:
        """The first row as the driver gives it, or None; raises the library's errors, not the driver's."""
        given = self._values | values
        driver = self._engine.dialect.loaded_dbapi
        try:
            connection = self._engine.raw_connection()
            try:
                cursor = connection.cursor()
                cursor.execute(self._words, [given[name] for name in self._order] if self._order else given)
                return cursor.fetchone()
            finally:
                connection.close()
        except driver.Error as error:
            raise sa.exc.DBAPIError.instance(self._words, None, error, driver.Error) from error


def standing(token: str, *, is_kept: bool) -> feeds.Standing:
    """What the calendar at a secret holds; raises Missing. `is_kept`: this request's answer follows from it alone."""
    begun = writes()
    found = cast(ConfappFlask, current_app).kept.stamps[WORD](f"/{WORD}/{token}/")
    if found is None:
        raise Missing()
    if is_kept:
        g.stamp = found, begun
    return cast(feeds.Standing, found)


@dataclass(frozen=True)
class Secret:
    """A calendar's secret, as it is told this once."""

    token: str

    @property
    def address(self) -> str:
        """Where a calendar subscribes."""
        return url_for("attendees.get_feed", token=self.token, kind="ics", _external=True)

    @property
    def pdf(self) -> str:
        """Where the same sessions lie for print."""
        return url_for("attendees.get_feed", token=self.token, kind="pdf", _external=True)

    @property
    def code(self) -> str:
        """A QR code (ISO/IEC 18004) that subscribes a phone to the calendar, as an image's address."""
        subscribing = f"webcal://{self.address.partition('://')[2]}"
        return segno.make(subscribing, error="m").svg_data_uri(scale=4, border=2, light="#fff")


def watch(app: ConfappFlask) -> None:
    """Let kept answers at secret addresses be told again only while they stand."""
    glances: list[Glance] = []

    def look(path: str) -> object | None:
        if not glances:
            with app.app_context():
                glances.append(Glance(db.engine, feeds.AT))
        return feeds.read(glances[0].first(digest=digest(path.split("/")[2])))

    app.kept.stamps[WORD] = look
