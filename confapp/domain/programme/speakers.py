"""Speakers: the public profiles of people in one conference."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from confapp.database import Key, Model, Moment, TextsColumn, Uuid, db, next_numbers
from confapp.domain import audit
from confapp.domain.errors import Missing
from confapp.domain.people import Account, Person
from confapp.domain.programme.conferences import Conference

CODE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
CODE_LENGTH = 6
"""Codes fit the exchange schema's pattern [0-9A-Z]{6}, without the letters people mix up."""


class Speaker(Model):
    """A person's public profile in one conference."""

    __tablename__ = "speaker"
    __table_args__ = (sa.UniqueConstraint("conference_id", "code"),)

    id: Mapped[Key]
    uuid: Mapped[Uuid]
    number: Mapped[int] = mapped_column(sa.BigInteger, unique=True)
    conference_id: Mapped[int] = mapped_column(sa.ForeignKey("conference.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    code: Mapped[str] = mapped_column(sa.String(12))
    name: Mapped[str] = mapped_column(sa.String(200))
    affiliation: Mapped[str] = mapped_column(sa.String(200), default="")
    country: Mapped[str | None] = mapped_column(sa.String(2))
    biography: Mapped[TextsColumn]
    email: Mapped[str | None] = mapped_column(sa.String(254))
    """Where she is written to. For organisers; never released."""
    letter_language: Mapped[str | None] = mapped_column(sa.String(35))
    """In which she reads letters, where somebody said so."""
    photo: Mapped[str | None] = mapped_column(sa.ForeignKey("blob.sha256"))
    needs: Mapped[str] = mapped_column(sa.Text, default="")
    """Access, technology, food: for organisers; never released."""
    created_at: Mapped[Moment]


def new_codes(count: int, taken: Iterable[str]) -> list[str]:
    """`count` codes that are not among `taken`."""
    held = set(taken)
    made: list[str] = []
    while len(made) < count:
        code = "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))
        if code not in held:
            held.add(code)
            made.append(code)
    return made


def speakers(conference: Conference) -> Sequence[Speaker]:
    """All speaker profiles of the conference, in the order they were made."""
    return db.session.scalars(
        sa.select(Speaker).where(Speaker.conference_id == conference.id).order_by(Speaker.number)
    ).all()


def speaker(conference: Conference, code: str) -> Speaker:
    """One speaker by code; raises Missing."""
    found = db.session.scalar(sa.select(Speaker).where(Speaker.conference_id == conference.id, Speaker.code == code))
    if found is None:
        raise Missing()
    return found


def create_speaker(conference: Conference, values: dict[str, Any], *, by: Account | None, now: dt.datetime) -> Speaker:
    """A new speaker with a person of their own; nobody is merged by name."""
    return create_speakers(conference, [values], by=by, now=now)[0]


def create_speakers(
    conference: Conference, rows: Sequence[dict[str, Any]], *, by: Account | None, now: dt.datetime
) -> list[Speaker]:
    """Many new speakers at once, in a fixed number of statements."""
    taken = db.session.scalars(sa.select(Speaker.code).where(Speaker.conference_id == conference.id)).all()
    people = [Person(name=values["name"], email=values.get("email"), created_at=now) for values in rows]
    db.session.add_all(people)
    db.session.flush()
    made = [
        Speaker(conference_id=conference.id, person_id=person.id, code=code, number=number, created_at=now, **values)
        for values, person, code, number in zip(
            rows, people, new_codes(len(rows), taken), next_numbers("speaker", len(rows)), strict=True
        )
    ]
    db.session.add_all(made)
    db.session.flush()
    codes = [each.code for each in made]
    audit.record_many("speaker.create", "speaker", codes, conference_id=conference.id, by=by, now=now)
    return made


def edit_speaker(speaker: Speaker, values: dict[str, Any], *, by: Account | None, now: dt.datetime) -> None:
    """Change a speaker's profile; releases keep what they froze."""
    for name, value in values.items():
        setattr(speaker, name, value)
    audit.record(
        "speaker.edit",
        f"speaker:{speaker.code}",
        conference_id=speaker.conference_id,
        by=by,
        now=now,
        facts={"fields": sorted(values)},
    )


def edit_speakers(
    conference: Conference, changes: Sequence[tuple[Speaker, dict[str, Any]]], *, by: Account | None, now: dt.datetime
) -> None:
    """Change many profiles as one deed."""
    for row, values in changes:
        for name, value in values.items():
            setattr(row, name, value)
    db.session.flush()
    codes = [row.code for row, _ in changes]
    audit.record_many("speaker.edit", "speaker", codes, conference_id=conference.id, by=by, now=now)


def delete_speaker(speaker: Speaker, *, by: Account | None, now: dt.datetime) -> None:
    """Remove a profile and its parts in sessions."""
    audit.record("speaker.delete", f"speaker:{speaker.code}", conference_id=speaker.conference_id, by=by, now=now)
    db.session.delete(speaker)
    db.session.flush()
    db.session.expire_all()
