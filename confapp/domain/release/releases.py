"""Releases: frozen, numbered versions of the schedule. The public only ever sees the latest, and only these tables."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from confapp.database import db
from confapp.domain import agenda as values
from confapp.domain import audit, files, outbox
from confapp.domain.errors import N_, Clash, Missing, NotAllowed, NotNow, Stale
from confapp.domain.people import Account, Person
from confapp.domain.programme import pictures, slots
from confapp.domain.programme.conferences import Conference
from confapp.domain.programme.speakers import Speaker
from confapp.domain.release.freezing import Change, compare, freeze
from confapp.domain.release.frozen import SECOND, Release, ReleasePerson, agenda, store
from confapp.domain.schedule import checking, overrides, scheduling
from confapp.domain.schedule.conflicts import Conflict


def current(conference_id: int) -> Release | None:
    """The latest release of a conference, or None before the first. Reads within the public fence."""
    return db.session.scalar(
        sa.select(Release).where(Release.conference_id == conference_id).order_by(Release.number.desc()).limit(1)
    )


def numbered(conference_id: int, number: int) -> Release:
    """One release by its number; raises Missing."""
    found = db.session.scalar(
        sa.select(Release).where(Release.conference_id == conference_id, Release.number == number)
    )
    if found is None:
        raise Missing()
    return found


def with_numbers(conference_id: int, numbers: Collection[int]) -> Sequence[Release]:
    """Those of the releases that have these numbers."""
    wanted = sa.select(Release).where(Release.conference_id == conference_id, Release.number.in_(numbers))
    return db.session.scalars(wanted.order_by(Release.number)).all()


def known(row: int, redaction: int, conference: str) -> Release:
    """A release by its row's id, kept in memory apart from any session: under one redaction it never changes.

    `conference` is the conference's UUID, so that rows of another database are others.
    """
    return _known(id(db.engine), row, redaction, conference)


@lru_cache(maxsize=32)
def _known(_engine: int, row: int, _redaction: int, _conference: str) -> Release:
    found = db.session.get_one(Release, row)
    db.session.expunge(found)
    return found


def before(release: Release) -> Release | None:
    """The release that this one followed, or None for the first. Reads within the public fence."""
    return db.session.scalar(
        sa.select(Release).where(Release.conference_id == release.conference_id, Release.number == release.number - 1)
    )


def all_of(conference_id: int) -> Sequence[Release]:
    """All releases of a conference, the latest first."""
    return db.session.scalars(
        sa.select(Release).where(Release.conference_id == conference_id).order_by(Release.number.desc())
    ).all()


def release(
    conference: Conference,
    *,
    expected: int | None,
    note: Mapping[str, str],
    by: Account | None,
    now: dt.datetime,
    override: str | None = None,
    may_override: bool = False,
) -> tuple[Release, list[Conflict]]:
    """Freeze the whole draft as the next release; returns it with the warnings that were passed over.

    `expected` is the schedule's version that the asker looked at. Raises Stale when the draft moved on, Clash naming
    every conflict when one blocks that nobody let stand (and no reason in `override`, or no right to override), NotNow
    for an empty draft.
    """
    schedule = scheduling.lock(conference)
    if expected is not None and schedule.version != expected:
        raise Stale(N_("The schedule changed since you looked; look at it again, then release."), schedule.version)
    held = slots.slots(conference)
    found = checking.draft_conflicts(conference)
    if any(conflict.is_blocking for conflict in found):
        if not override:
            raise Clash(N_("The schedule has conflicts that block a release."), found)
        if not may_override:
            raise NotAllowed(N_("You may not release over conflicts that block."))
    before = current(conference.id)
    frozen = freeze(conference, held, previous=agenda(before) if before else None, note=note, now=now)
    if not frozen.shown and before is None:
        raise NotNow(N_("Nothing is scheduled yet that could be released."))
    facts = {"schedule_version": schedule.version, "overridden": override or ""}
    made = publish(conference, frozen, before, schedule.version, by=by, now=now, facts=facts)
    if override:
        blocking = [conflict for conflict in found if conflict.is_blocking]
        overrides.accept(conference, blocking, override, subject=f"release:{made.number}", by=by, now=now)
    return made, found


def publish(
    conference: Conference,
    frozen: values.Agenda,
    before: Release | None,
    schedule_version: int,
    *,
    by: Account | None,
    now: dt.datetime,
    facts: dict[str, Any],
) -> Release:
    """Store frozen values as the release after `before`, behind the schedule's lock, and tell whom it concerns."""
    made = store(conference.id, frozen, schedule_version, after=before.changed_at if before else None)
    people = {part.person.code: part.person for session in frozen.sessions.values() for part in session.parts}
    pictures.publish(conference, [*pictures.printed(frozen), *(person.photo for person in people.values())])
    audit.record("release", f"release:{made.number}", conference_id=conference.id, by=by, now=now, facts=facts)
    outbox.send("release.made", {"release": made.number}, conference_id=conference.id, now=now)
    return made


def drafted(conference: Conference, *, note: Mapping[str, str], now: dt.datetime) -> values.Agenda:
    """The agenda that releasing the draft now would make public."""
    latest = current(conference.id)
    before = agenda(latest) if latest else None
    return freeze(conference, slots.slots(conference), previous=before, note=note, now=now)


def changes(conference: Conference, after: values.Agenda) -> list[Change]:
    """What releasing an agenda, `drafted` for example, would change for readers."""
    latest = current(conference.id)
    return compare(agenda(latest) if latest else None, after)


ERASED = "—"


def holding(person: Person, conference_id: int | None = None) -> Sequence[int]:
    """The ids of the releases, of one conference or (None) of all, that hold a profile of a person."""
    profiles = sa.select(Speaker.uuid).where(Speaker.person_id == person.id)
    if conference_id is not None:
        profiles = profiles.where(Speaker.conference_id == conference_id)
    return db.session.scalars(
        sa.select(ReleasePerson.release_id).where(ReleasePerson.uuid.in_(profiles)).distinct()
    ).all()


def erase(person: Person, *, by: Account | None, now: dt.datetime, conference_id: int | None = None) -> int:
    """Overwrite a person's name and biography in every release, of one conference or (None) of all.

    The files that were made of these releases are forgotten. Returns how many releases that changed.
    """
    profiles = sa.select(Speaker.uuid).where(Speaker.person_id == person.id)
    if conference_id is not None:
        profiles = profiles.where(Speaker.conference_id == conference_id)
    uuids = db.session.scalars(profiles).all()
    touched = holding(person, conference_id)
    photo = ReleasePerson.facts["photo"].as_string()
    photos = db.session.scalars(sa.select(photo).where(ReleasePerson.uuid.in_(uuids), photo.is_not(None)).distinct())
    pictures.withdraw(photos.all())
    db.session.execute(
        sa.update(ReleasePerson)
        .where(ReleasePerson.uuid.in_(uuids))
        .values(name=ERASED, facts={"affiliation": "", "country": None, "biography": {}})
    )
    for release in db.session.scalars(sa.select(Release).where(Release.id.in_(touched))):
        release.redaction += 1
        release.changed_at = max(now, release.changed_at + SECOND)
        files.forget_release(release.conference_id, release.number)
    db.session.flush()
    audit.record("person.erase", f"person:{person.uuid}", conference_id=conference_id, by=by, now=now)
    return len(touched)
