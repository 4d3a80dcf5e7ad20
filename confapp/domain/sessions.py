"""Sessions: the programme's items, the speaker profiles, and who has which part in what."""

from __future__ import annotations

import datetime as dt
import enum
import secrets
import uuid
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from confapp.database import Json, Key, Model, Moment, TextsColumn, Uuid, choice, db, next_numbers
from confapp.domain import audit
from confapp.domain.conferences import Conference, Track
from confapp.domain.errors import N_, Invalid, Missing
from confapp.domain.people import Account, Person

CODE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
CODE_LENGTH = 6
"""Codes fit the exchange schema's pattern [0-9A-Z]{6}, without the letters people mix up."""


class Kind(enum.StrEnum):
    """What sort of programme item a session is."""

    KEYNOTE = "keynote"
    TALK = "talk"
    PANEL = "panel"
    WORKSHOP = "workshop"
    LIGHTNING = "lightning"
    BREAK = "break"
    SOCIAL = "social"
    OTHER = "other"


class SessionState(enum.StrEnum):
    """How far a session has come; only accepted and confirmed ones are released."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"


RELEASABLE = frozenset({SessionState.ACCEPTED, SessionState.CONFIRMED})
UNSTAFFED = frozenset({Kind.BREAK, Kind.SOCIAL, Kind.OTHER})
"""Kinds that need no speaker."""


class PartRole(enum.StrEnum):
    """What somebody does in a session."""

    SPEAKER = "speaker"
    PANELLIST = "panellist"
    CHAIR = "chair"


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
    """For organisers; never released."""
    created_at: Mapped[Moment]


class Session(Model):
    """One programme item. Times and rooms are its slots' (`confapp.domain.scheduling`)."""

    __tablename__ = "session"
    __table_args__ = (
        sa.UniqueConstraint("conference_id", "code"),
        sa.CheckConstraint("duration_minutes > 0", name="duration"),
        sa.CheckConstraint("expected IS NULL OR expected >= 0", name="expected"),
    )

    id: Mapped[Key]
    uuid: Mapped[Uuid]
    number: Mapped[int] = mapped_column(sa.BigInteger, unique=True)
    conference_id: Mapped[int] = mapped_column(sa.ForeignKey("conference.id", ondelete="CASCADE"), index=True)
    code: Mapped[str] = mapped_column(sa.String(12))
    kind: Mapped[Kind] = mapped_column(choice(Kind), default=Kind.TALK)
    state: Mapped[SessionState] = mapped_column(choice(SessionState), default=SessionState.ACCEPTED)
    track_id: Mapped[int | None] = mapped_column(sa.ForeignKey("track.id", ondelete="SET NULL"), index=True)
    title: Mapped[TextsColumn]
    subtitle: Mapped[TextsColumn]
    abstract: Mapped[TextsColumn]
    """Cleaned HTML by language, as is the description."""
    description: Mapped[TextsColumn]
    language: Mapped[str | None] = mapped_column(sa.String(35))
    duration_minutes: Mapped[int] = mapped_column(default=30)
    expected: Mapped[int | None]
    """The audience that organisers expect."""
    picked: Mapped[int] = mapped_column(default=0)
    """How many attendees picked it; kept by registrations."""
    is_recorded: Mapped[bool | None]
    is_chatham_house: Mapped[bool] = mapped_column(default=False)
    links: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    """`{"url", "title", "is_attachment"}` each."""
    notes: Mapped[str] = mapped_column(sa.Text, default="")
    """For organisers; never released."""
    created_at: Mapped[Moment]
    version: Mapped[int] = mapped_column(default=1)
    """Rises with each edit: what a form saw."""
    track: Mapped[Track | None] = relationship(lazy="joined")
    parts: Mapped[list[Part]] = relationship(
        back_populates="session", order_by="Part.position", cascade="all, delete-orphan", lazy="selectin"
    )


class Part(Model):
    """A speaker's part in a session; chairs clash like speakers."""

    __tablename__ = "part"
    __table_args__ = (sa.UniqueConstraint("session_id", "speaker_id", "role"),)

    id: Mapped[Key]
    session_id: Mapped[int] = mapped_column(sa.ForeignKey("session.id", ondelete="CASCADE"), index=True)
    speaker_id: Mapped[int] = mapped_column(sa.ForeignKey("speaker.id", ondelete="CASCADE"), index=True)
    role: Mapped[PartRole] = mapped_column(choice(PartRole), default=PartRole.SPEAKER)
    position: Mapped[int] = mapped_column(default=0)
    session: Mapped[Session] = relationship(back_populates="parts")
    speaker: Mapped[Speaker] = relationship(lazy="joined", innerjoin=True)


class Origin(Model):
    """Where an imported thing came from: each key by which its source names it, so that a second import finds it."""

    __tablename__ = "origin"
    __table_args__ = (sa.UniqueConstraint("conference_id", "source", "kind", "key"),)

    id: Mapped[Key]
    conference_id: Mapped[int] = mapped_column(sa.ForeignKey("conference.id", ondelete="CASCADE"))
    source: Mapped[str] = mapped_column(sa.String(20))
    kind: Mapped[str] = mapped_column(sa.String(20))
    """session, slot, speaker, room or track."""
    key: Mapped[str] = mapped_column(sa.String(300))
    target: Mapped[uuid.UUID] = mapped_column(sa.Uuid(), index=True)
    """The UUID of ours."""


def new_codes(count: int, taken: Iterable[str]) -> list[str]:
    """`count` codes that are not among `taken`."""
    held, made = set(taken), []
    while len(made) < count:
        code = "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))
        if code not in held:
            held.add(code)
            made.append(code)
    return made


def sessions(conference: Conference) -> Sequence[Session]:
    """All sessions of the conference with tracks and parts, in the order they were made."""
    return db.session.scalars(
        sa.select(Session).where(Session.conference_id == conference.id).order_by(Session.number)
    ).all()


def session(conference: Conference, code: str) -> Session:
    """One session by its code; raises Missing."""
    found = db.session.scalar(sa.select(Session).where(Session.conference_id == conference.id, Session.code == code))
    if found is None:
        raise Missing()
    return found


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


def sessions_of(speaker: Speaker) -> Sequence[Session]:
    """The sessions in which the speaker has a part."""
    return db.session.scalars(
        sa.select(Session)
        .where(Session.id.in_(sa.select(Part.session_id).where(Part.speaker_id == speaker.id)))
        .order_by(Session.number)
    ).all()


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
    _record_many("speaker.create", "speaker", [each.code for each in made], conference, by=by, now=now)
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


def delete_speaker(speaker: Speaker, *, by: Account | None, now: dt.datetime) -> None:
    """Remove a profile and its parts in sessions."""
    audit.record("speaker.delete", f"speaker:{speaker.code}", conference_id=speaker.conference_id, by=by, now=now)
    db.session.delete(speaker)
    db.session.flush()
    db.session.expire_all()


def create(conference: Conference, values: dict[str, Any], *, by: Account | None, now: dt.datetime) -> Session:
    """A new session, unscheduled. `values["parts"]` is a list of (speaker, role). Raises Invalid."""
    return create_many(conference, [values], by=by, now=now)[0]


def create_many(
    conference: Conference, rows: Sequence[dict[str, Any]], *, by: Account | None, now: dt.datetime
) -> list[Session]:
    """Many new sessions at once, in a fixed number of statements. Raises Invalid."""
    taken = db.session.scalars(sa.select(Session.code).where(Session.conference_id == conference.id)).all()
    codes, numbers = new_codes(len(rows), taken), next_numbers("session", len(rows))
    made = []
    for values, code, number in zip(rows, codes, numbers, strict=True):
        _check_title(conference, values)
        plain = {name: value for name, value in values.items() if name != "parts"}
        row = Session(conference_id=conference.id, code=code, number=number, created_at=now, **plain)
        row.parts = _parts(values.get("parts", ()))
        made.append(row)
    db.session.add_all(made)
    db.session.flush()
    _record_many("session.create", "session", codes, conference, by=by, now=now)
    return made


def edit(
    session: Session,
    conference: Conference,
    values: dict[str, Any],
    *,
    by: Account | None,
    now: dt.datetime,
) -> None:
    """Change a session; conflicts that a new speaker or state brings are found by scheduling. Raises Invalid."""
    _check_title(conference, {"title": session.title} | values)
    for name, value in values.items():
        if name == "parts":
            _set_parts(session, value)
        else:
            setattr(session, name, value)
    session.version += 1
    audit.record(
        "session.edit",
        f"session:{session.code}",
        conference_id=session.conference_id,
        by=by,
        now=now,
        facts={"fields": sorted(values)},
    )
    db.session.flush()


def _check_title(conference: Conference, values: dict[str, Any]) -> None:
    if not any(values["title"].values()):
        raise Invalid({"title": [N_("Give the session a title.")]})


def _parts(wanted: Iterable[tuple[Speaker, PartRole]]) -> list[Part]:
    unique = dict.fromkeys((speaker.id, role) for speaker, role in wanted)
    return [Part(speaker_id=speaker, role=role, position=place) for place, (speaker, role) in enumerate(unique)]


def _set_parts(session: Session, wanted: Iterable[tuple[Speaker, PartRole]]) -> None:
    held = {(part.speaker_id, part.role): part for part in session.parts}
    session.parts = [held.get((part.speaker_id, part.role), part) for part in _parts(wanted)]
    for place, part in enumerate(session.parts):
        part.position = place


def _record_many(
    action: str, kind: str, codes: Sequence[str], conference: Conference, *, by: Account | None, now: dt.datetime
) -> None:
    """One audit entry however many were made: an import is one deed."""
    if codes:
        subject = f"{kind}:{codes[0]}" if len(codes) == 1 else f"{kind}:*"
        facts = {"count": len(codes)} if len(codes) > 1 else {}
        audit.record(action, subject, conference_id=conference.id, by=by, now=now, facts=facts)
