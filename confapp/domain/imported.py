"""Imports that were applied: what each of them wrote, so that a whole import can be undone."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship, undefer

from confapp.database import Json, Key, MaybeMoment, Model, Moment, Uuid, db
from confapp.domain import audit
from confapp.domain.attendance.registrations import Registration
from confapp.domain.errors import Missing
from confapp.domain.people import Account, Person
from confapp.domain.programme.conferences import Conference, Track
from confapp.domain.programme.hosts import Room, Venue
from confapp.domain.programme.sessions import Session
from confapp.domain.programme.slots import Slot
from confapp.domain.programme.speakers import Speaker
from confapp.domain.release.frozen import ReleaseEntry

KINDS: dict[str, type[Any]] = {"session": Session, "speaker": Speaker, "track": Track, "room": Room, "venue": Venue}
"""What an import makes, in the order in which it can be taken away again."""
_CHUNK = 500
_OWN = frozenset({"slot", "part", "slot_change"})
"""Tables whose rows an import writes with its sessions."""


class ProgrammeImport(Model):
    """One import that was applied."""

    __tablename__ = "programme_import"

    id: Mapped[Key]
    uuid: Mapped[Uuid]
    conference_id: Mapped[int] = mapped_column(sa.ForeignKey("conference.id", ondelete="CASCADE"), index=True)
    source: Mapped[str] = mapped_column(sa.String(20))
    name: Mapped[str] = mapped_column(sa.String(200))
    """Of the file."""
    at: Mapped[Moment]
    account_id: Mapped[int | None] = mapped_column(sa.ForeignKey("account.id", ondelete="SET NULL"))
    counts: Mapped[dict[str, dict[str, int]]] = mapped_column(Json)
    """How many things were created, updated and unchanged, by kind."""
    steps: Mapped[list[dict[str, Any]]] = mapped_column(Json, deferred=True)
    """What was written, one step a thing; the values before it are plain JSON, those after it digests."""
    origins: Mapped[list[list[Any]]] = mapped_column(Json, deferred=True)
    """What was remembered of the source before: kind, target, keys and digests each; no keys where nothing was."""
    undone_at: Mapped[MaybeMoment]
    account: Mapped[Account | None] = relationship(lazy="joined")


def imports(conference: Conference) -> Sequence[ProgrammeImport]:
    """The imports into a conference, the latest first."""
    wanted = sa.select(ProgrammeImport).where(ProgrammeImport.conference_id == conference.id)
    return db.session.scalars(wanted.order_by(ProgrammeImport.id.desc())).all()


def imported(conference: Conference, identifier: uuid.UUID) -> ProgrammeImport:
    """One import by its UUID; raises Missing."""
    wanted = sa.select(ProgrammeImport).where(
        ProgrammeImport.conference_id == conference.id, ProgrammeImport.uuid == identifier
    )
    found = db.session.scalar(wanted)
    if found is None:
        raise Missing()
    return found


def latest(conference: Conference) -> ProgrammeImport:
    """The last import that was not undone; raises Missing."""
    found = next((each for each in imports(conference) if each.undone_at is None), None)
    if found is None:
        raise Missing()
    return found


def record(conference: Conference, values: dict[str, Any], *, by: Account | None, now: dt.datetime) -> ProgrammeImport:
    """Keep what an import wrote."""
    made = ProgrammeImport(
        uuid=uuid.uuid4(), conference_id=conference.id, at=now, account_id=by.id if by else None, **values
    )
    db.session.add(made)
    db.session.flush()
    return made


def released(targets: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Those of the sessions that a release has shown: their slots' UUIDs stay for ever."""
    pairs = sa.select(Session.uuid, Slot.uuid).join(Slot, Slot.session_id == Session.id)
    by_slot = {
        slot: session
        for chunk in _chunks(targets)
        for session, slot in db.session.execute(pairs.where(Session.uuid.in_(chunk)))
    }
    shown = {
        slot
        for chunk in _chunks(by_slot)
        for slot in db.session.scalars(sa.select(ReleaseEntry.uuid).where(ReleaseEntry.uuid.in_(chunk)))
    }
    return {by_slot[slot] for slot in shown}


def in_use(kind: str, targets: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Those of the things that rows of others stand on: picks, transcripts, availability, sessions, slots."""
    model = KINDS[kind]
    table = model.__table__
    found: set[uuid.UUID] = set()
    for other in Model.metadata.sorted_tables:
        keys = [key for key in other.foreign_keys if key.column.table is table and key.column.name == "id"]
        if not keys or (other.name in _OWN and kind == "session"):
            continue
        for key in keys:
            for chunk in _chunks(targets):
                wanted = sa.select(model.uuid).join(other, key.parent == model.id).where(model.uuid.in_(chunk))
                found |= set(db.session.scalars(wanted))
    return found


def take_away(
    conference: Conference, kind: str, targets: Collection[uuid.UUID], *, by: Account | None, now: dt.datetime
) -> None:
    """Delete things that an import made, with all that it made of them; what stands on them was looked for before."""
    model = KINDS[kind]
    for chunk in _chunks(targets):
        rows = db.session.execute(sa.select(model.id, model.uuid).where(model.uuid.in_(chunk))).all()
        numbers = [number for number, _ in rows]
        if kind == "session":
            db.session.execute(sa.delete(Slot).where(Slot.session_id.in_(numbers)))
        people = (
            db.session.scalars(sa.select(Speaker.person_id).where(Speaker.id.in_(numbers))).all()
            if kind == "speaker"
            else []
        )
        db.session.execute(sa.delete(model).where(model.id.in_(numbers)))
        if people:
            nobody = [~sa.exists().where(column == Person.id) for column in _KNOW_PEOPLE]
            db.session.execute(
                sa.delete(Person).where(Person.id.in_(people), *nobody),
                execution_options={"synchronize_session": False},
            )
    named = [str(each) for each in targets]
    if named:
        audit.record_many(f"{kind}.delete", kind, named, conference_id=conference.id, by=by, now=now)
    db.session.expire_all()


def naming(conference_id: int, targets: Collection[uuid.UUID]) -> list[ProgrammeImport]:
    """The imports into a conference that keep what these people's profiles held before."""
    wanted = sa.select(ProgrammeImport).where(ProgrammeImport.conference_id == conference_id)
    named = {str(each) for each in targets}
    runs = db.session.scalars(
        wanted.order_by(ProgrammeImport.id).options(undefer(ProgrammeImport.steps), undefer(ProgrammeImport.origins))
    ).all()
    return [run for run in runs if any(_is_of(step, named) for step in run.steps)]


def erase(run: ProgrammeImport, targets: Collection[uuid.UUID], blank: str) -> None:
    """Take these people's names and former values out of what an import keeps: undoing it brings nothing of them back.

    An import of which it was a step cannot give that profile its old words; the profile counts as changed since.
    """
    named = {str(each) for each in targets}
    run.steps = [step | {"name": blank, "before": {}} if _is_of(step, named) else step for step in run.steps]
    run.origins = [
        [kind, target, [key for key in keys if "name" not in key.partition(":")[0]] if target in named else keys, seen]
        for kind, target, keys, seen in run.origins
    ]
    db.session.flush()


def _is_of(step: Mapping[str, Any], named: Collection[str]) -> bool:
    return step["kind"] == "speaker" and step["target"] in named


_KNOW_PEOPLE = (Account.person_id, Speaker.person_id, Registration.person_id)


def _chunks(targets: Collection[uuid.UUID]) -> list[list[uuid.UUID]]:
    ordered = sorted(targets)
    return [ordered[start : start + _CHUNK] for start in range(0, len(ordered), _CHUNK)]
