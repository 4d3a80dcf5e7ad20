"""Sessions: the programme's items, the speaker profiles, and who has which part in what."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, lazyload, mapped_column, relationship
from sqlalchemy.orm.attributes import set_committed_value

from confapp.database import Json, Key, Model, Moment, TextsColumn, Uuid, choice, db, next_numbers
from confapp.domain import audit
from confapp.domain.errors import N_, Invalid, Missing, Stale
from confapp.domain.people import Account
from confapp.domain.programme.conferences import Conference, Track
from confapp.domain.programme.speakers import Speaker, new_codes


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
GONE = frozenset({SessionState.REJECTED, SessionState.WITHDRAWN, SessionState.CANCELLED})
"""States of what will not take place: where it still stands in the draft, it is in nobody's way."""
UNSTAFFED = frozenset({Kind.BREAK, Kind.SOCIAL, Kind.OTHER})
"""Kinds that need no speaker."""


class PartRole(enum.StrEnum):
    """What somebody does in a session."""

    SPEAKER = "speaker"
    PANELLIST = "panellist"
    CHAIR = "chair"


class Session(Model):
    """One programme item. Times and rooms are its slots' (`confapp.domain.schedule.scheduling`)."""

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
    online: Mapped[str | None] = mapped_column(sa.String(500))
    """The address at which those join who are not there; public."""
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


def sessions(conference: Conference) -> Sequence[Session]:
    """All sessions of the conference with tracks and parts, in the order they were made; two queries."""
    held = db.session.scalars(
        sa.select(Session)
        .where(Session.conference_id == conference.id)
        .order_by(Session.number)
        .options(lazyload(Session.parts))
    ).all()
    fill_parts(held)
    return held


MOST_AT_ONCE = 30_000
"""Rows that one statement names by id: SQLite takes 32,766 values, PostgreSQL's driver 65,535."""


def fill_parts(held: Sequence[Session]) -> None:
    """Read the parts of many sessions with their speakers in one statement, where the ORM would send one for each 500.

    For sessions that were read with `lazyload(Session.parts)`.
    """
    parts: dict[int, list[Part]] = {session.id: [] for session in held}
    ids = list(parts)
    for start in range(0, len(ids), MOST_AT_ONCE):
        rows = db.session.scalars(
            sa.select(Part)
            .where(Part.session_id.in_(ids[start : start + MOST_AT_ONCE]))
            .order_by(Part.session_id, Part.position)
            .execution_options(populate_existing=True)
        )
        for part in rows:
            parts[part.session_id].append(part)
    for session in held:
        set_committed_value(session, "parts", parts[session.id])


def session(conference: Conference, code: str) -> Session:
    """One session by its code; raises Missing."""
    found = db.session.scalar(sa.select(Session).where(Session.conference_id == conference.id, Session.code == code))
    if found is None:
        raise Missing()
    return found


def by_code(conference: Conference, codes: Iterable[str]) -> dict[str, Session]:
    """Those of the sessions with these codes that there are."""
    held = sa.select(Session).where(Session.conference_id == conference.id, Session.code.in_(list(codes)))
    return {each.code: each for each in db.session.scalars(held)}


def sessions_of(speaker: Speaker) -> Sequence[Session]:
    """The sessions in which the speaker has a part."""
    return db.session.scalars(
        sa.select(Session)
        .where(Session.id.in_(sa.select(Part.session_id).where(Part.speaker_id == speaker.id)))
        .order_by(Session.number)
    ).all()


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
        _check_rule(values)
        plain = {name: value for name, value in values.items() if name != "parts"}
        row = Session(conference_id=conference.id, code=code, number=number, created_at=now, **plain)
        row.parts = _parts(values.get("parts", ()))
        made.append(row)
    db.session.add_all(made)
    db.session.flush()
    audit.record_many("session.create", "session", codes, conference_id=conference.id, by=by, now=now)
    return made


def check_version(session: Session, seen: int | None) -> None:
    """Lock the session and raise Stale where it changed since the asker looked at it (None: they did not say)."""
    db.session.refresh(session, ["version"], with_for_update=True)
    if seen is not None and seen != session.version:
        raise Stale(
            N_("Somebody changed this session since you opened it. Copy what you typed, reload, and try again."),
            session.version,
        )


def edit(
    session: Session,
    conference: Conference,
    values: dict[str, Any],
    *,
    by: Account | None,
    now: dt.datetime,
) -> None:
    """Change a session; conflicts that a new speaker or state brings are found by scheduling. Raises Invalid."""
    _set(session, conference, values)
    audit.record(
        "session.edit",
        f"session:{session.code}",
        conference_id=session.conference_id,
        by=by,
        now=now,
        facts={"fields": sorted(values)},
    )
    db.session.flush()


def edit_many(
    conference: Conference, changes: Sequence[tuple[Session, dict[str, Any]]], *, by: Account | None, now: dt.datetime
) -> None:
    """Change many sessions as one deed. Raises Invalid."""
    for row, values in changes:
        _set(row, conference, values)
    db.session.flush()
    codes = [row.code for row, _ in changes]
    audit.record_many("session.edit", "session", codes, conference_id=conference.id, by=by, now=now)


def _set(session: Session, conference: Conference, values: dict[str, Any]) -> None:
    _check_title(conference, {"title": session.title} | values)
    held = {name: getattr(session, name) for name in ("is_recorded", "is_chatham_house")}
    _check_rule(held | values)
    for name, value in values.items():
        if name == "parts":
            _set_parts(session, value)
        else:
            setattr(session, name, value)
    session.version += 1


def _check_title(conference: Conference, values: dict[str, Any]) -> None:
    if not any(values["title"].values()):
        raise Invalid({"title": [N_("Give the session a title.")]})


def _check_rule(values: dict[str, Any]) -> None:
    """Under the Chatham House Rule nobody can be recorded, as nobody can be quoted by name."""
    if values.get("is_chatham_house") and values.get("is_recorded"):
        raise Invalid(
            {"is_recorded": [N_("This session is held under the Chatham House Rule: it can have no recording.")]}
        )


def _parts(wanted: Iterable[tuple[Speaker, PartRole]]) -> list[Part]:
    unique = dict.fromkeys((speaker.id, role) for speaker, role in wanted)
    return [Part(speaker_id=speaker, role=role, position=place) for place, (speaker, role) in enumerate(unique)]


def _set_parts(session: Session, wanted: Iterable[tuple[Speaker, PartRole]]) -> None:
    held = {(part.speaker_id, part.role): part for part in session.parts}
    session.parts = [held.get((part.speaker_id, part.role), part) for part in _parts(wanted)]
    for place, part in enumerate(session.parts):
        part.position = place


def parts_by_speaker(conference: Conference) -> dict[int, list[Session]]:
    """The sessions in which each speaker has a part, by the speaker's id."""
    held: dict[int, list[Session]] = {}
    for each in sessions(conference):
        for part in each.parts:
            held.setdefault(part.speaker_id, []).append(each)
    return held
