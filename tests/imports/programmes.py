"""The programme that the tests of importing bring in, and where they find what came of it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa

from confapp.database import db
from confapp.domain.programme import conferences, sessions, slots
from confapp.domain.programme.conferences import Conference
from confapp.domain.programme.sessions import Session
from tests.imports.schedules import GUID, event

NOTHING = {"sessions": 0, "rooms": 0, "tracks": 0, "speakers": 0}


def given_by(number: str, name: str, role: str = "") -> str:
    """The <persons> of an event with one."""
    return f"<persons><person id='{number}' role='{role}'>{name}</person></persons>"


FULL = (
    event(
        given_by("3", "Ada Lambda") + "<links><link href='https://x.example/a'>Notes</link></links>"
        "<attachments><attachment href='https://x.example/s.pdf'>Slides</attachment></attachments>"
        "<recording><optout>true</optout></recording>",
        guid=GUID,
        track="Biology",
        type="Panel discussion",
        language="en",
        abstract="<p>Short</p><script>x</script>",
        subtitle="Small",
    ),
    event(given_by("4", "Bo Mu", "moderator"), id="8", title="Hefe", start="11:00", language="de", track="Biology"),
)


def the_conference() -> Conference:
    return conferences.named("spring")


def the_session(title: str = "Yeast at work") -> Session:
    (found,) = [each for each in sessions.sessions(the_conference()) if title in each.title.values()]
    return found


def place_of(session: Session) -> tuple[str | None, dt.datetime | None, dt.datetime | None]:
    (slot,) = slots.slots_of(session)
    return slot.room.code if slot.room else None, slot.starts_at, slot.ends_at


def count(model: type[Any]) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0
