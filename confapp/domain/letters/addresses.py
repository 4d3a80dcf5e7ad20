"""Addresses: where those whom a release concerns are reached, read in a fixed number of selects; never public."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from confapp.database import db
from confapp.domain.attendance.registrations import Pick, Registration
from confapp.domain.letters.concerns import Audience, Reader
from confapp.domain.people import Account, Person
from confapp.domain.programme.conferences import Conference
from confapp.domain.programme.hosts import Host
from confapp.domain.programme.sessions import Session
from confapp.domain.programme.speakers import Speaker
from confapp.domain.release.freezing import Change

FEW = 500
"""So many sessions are named in a select; of more, those that are not wanted are left out afterwards."""


def speaker_address(speaker: Speaker) -> str | None:
    """Where a speaker is reached: the address that the organisers entered, else that of her account once confirmed."""
    row = db.session.execute(_speakers().where(Speaker.id == speaker.id)).one()
    return _address(row.email, row.confirmed)


def _address(entered: str | None, confirmed: str | None) -> str | None:
    return (entered or confirmed or "").strip() or None


def _speakers() -> Any:
    is_theirs = sa.and_(
        Account.person_id == Speaker.person_id, Account.is_active.is_(True), Account.confirmed_at.is_not(None)
    )
    return sa.select(
        Speaker.uuid,
        Speaker.code,
        Speaker.name,
        Speaker.email,
        Speaker.letter_language,
        Account.email.label("confirmed"),
    ).outerjoin(Account, is_theirs)


@dataclass(frozen=True, slots=True)
class Pickers:
    """Attendees whom changes concern, by what they wish."""

    readers: Mapping[uuid.UUID, Sequence[Reader]]
    """Those who want letters, by session."""
    invited: int = 0
    """How many have the changes sent to their calendars, and so get no letter beside that."""
    unwilling: int = 0
    """How many want neither."""


def audience(
    conference: Conference, changes: Iterable[Change], only: Collection[str] | None = None
) -> tuple[Audience, Pickers]:
    """Everybody whom the changes may concern; `only` these, where ids are given."""
    entries = [entry for change in changes for entry in (change.before, change.after) if entry is not None]
    codes = {part.person.code for entry in entries for part in entry.session.parts}
    sessions = {entry.session.uuid for entry in entries}
    pickers = _pickers(conference, sessions, _ids(only, "attendee"))
    found = Audience(
        speakers=_by_code(conference, codes, _ids(only, "speaker")),
        hosts=_by_slug(conference, _ids(only, "host")),
        attendees=pickers.readers,
    )
    return found, pickers


def _ids(only: Collection[str] | None, kind: str) -> list[uuid.UUID] | None:
    if only is None:
        return None
    told = (each.partition(":") for each in only)
    return [uuid.UUID(identifier) for named, _, identifier in told if named == kind]


def _by_code(conference: Conference, codes: set[str], only: list[uuid.UUID] | None) -> dict[str, Reader]:
    wanted = _speakers().where(Speaker.conference_id == conference.id)
    if only is not None:
        wanted = wanted.where(Speaker.uuid.in_(only))
    return {
        row.code: Reader(
            f"speaker:{row.uuid}",
            row.name,
            _address(row.email, row.confirmed),
            row.letter_language,
            f"speakers/{row.code}",
        )
        for row in db.session.execute(wanted.order_by(Speaker.number))
        if row.code in codes
    }


def _by_slug(conference: Conference, only: list[uuid.UUID] | None) -> dict[str, Reader]:
    wanted = sa.select(Host).where(Host.conference_id == conference.id).order_by(Host.position, Host.id)
    if only is not None:
        wanted = wanted.where(Host.uuid.in_(only))
    return {
        host.slug: Reader(
            f"host:{host.uuid}",
            host.contact_name or next(iter(host.name.values()), host.slug),
            _address(host.contact_email, None),
            None,
            f"agenda?host={host.slug}",
        )
        for host in db.session.scalars(wanted)
    }


def _pickers(conference: Conference, sessions: set[uuid.UUID], only: list[uuid.UUID] | None) -> Pickers:
    wanted = (
        sa.select(
            Session.uuid.label("session"),
            Registration.uuid,
            Registration.wants_letters,
            Registration.wants_invitations,
            Registration.letter_language,
            Person.name,
            Account.email,
        )
        .join(Pick, Pick.registration_id == Registration.id)
        .join(Session, Session.id == Pick.session_id)
        .join(Person, Person.id == Registration.person_id)
        .join(Account, Account.person_id == Person.id)
        .where(
            Registration.conference_id == conference.id,
            Registration.cancelled_at.is_(None),
            Account.is_active.is_(True),
            Account.confirmed_at.is_not(None),
        )
        .order_by(Registration.id, Session.number)
    )
    if only is not None:
        wanted = wanted.where(Registration.uuid.in_(only))
    if len(sessions) <= FEW:
        wanted = wanted.where(Session.uuid.in_(sessions))
    readers: dict[uuid.UUID, list[Reader]] = {}
    invited, unwilling = set(), set()
    for row in db.session.execute(wanted):
        if row.session not in sessions:
            continue
        if row.wants_invitations:
            invited.add(row.uuid)
        elif not row.wants_letters:
            unwilling.add(row.uuid)
        else:
            reader = Reader(f"attendee:{row.uuid}", row.name, row.email, row.letter_language, "me")
            readers.setdefault(row.session, []).append(reader)
    return Pickers(readers, len(invited), len(unwilling))
