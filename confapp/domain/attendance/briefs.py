"""What sheets for few eyes tell: whom to ask at a host, what speakers need, and everybody's badge, as frozen values."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa

from confapp.database import db
from confapp.domain.attendance.registrations import Category, Registration
from confapp.domain.papers import Badge, Contact
from confapp.domain.programme.conferences import Conference
from confapp.domain.programme.hosts import Host
from confapp.domain.programme.sessions import Part
from confapp.domain.programme.speakers import Speaker


def contacts(conference: Conference) -> tuple[Contact, ...]:
    """Whom those who take part may ask at each host that names somebody, in the hosts' order."""
    held = sa.select(Host.slug, Host.contact_name, Host.contact_email).where(Host.conference_id == conference.id)
    rows = db.session.execute(held.order_by(Host.position, Host.id))
    return tuple(Contact(slug, name, email) for slug, name, email in rows if name or email)


def needs(conference: Conference) -> Mapping[str, str]:
    """What speakers need, by their codes: for organisers only."""
    held = sa.select(Speaker.code, Speaker.needs).where(Speaker.conference_id == conference.id, Speaker.needs != "")
    return {row.code: row.needs for row in db.session.execute(held.order_by(Speaker.number))}


def badges(conference: Conference, *, category: Category | None = None, code: str | None = None) -> tuple[Badge, ...]:
    """The badges of those who come, of one category or one registration if so wanted, in the order they registered.

    The country is that of their profile as a speaker, where they have one. In three statements at most.
    """
    wanted = sa.select(Registration).where(
        Registration.conference_id == conference.id, Registration.cancelled_at.is_(None)
    )
    if category is not None:
        wanted = wanted.where(Registration.category == category)
    if code is not None:
        wanted = wanted.where(Registration.code == code)
    rows = db.session.scalars(wanted.order_by(Registration.registered_at, Registration.id)).all()
    countries, speaking = _speakers(conference)
    return tuple(
        Badge(
            name=row.person.name,
            organisation=row.organisation,
            country=countries.get(row.person_id),
            category=row.category.value,
            has_part=row.person_id in speaking,
            code=row.code,
            ticket=f"urn:uuid:{row.uuid}".upper(),
            since=row.registered_at,
        )
        for row in rows
    )


def _speakers(conference: Conference) -> tuple[dict[int, str], frozenset[int]]:
    """The countries of people with a profile, and who of them has a part in a session."""
    held = sa.select(Speaker.person_id, Speaker.country, Speaker.id).where(Speaker.conference_id == conference.id)
    rows = db.session.execute(held.order_by(Speaker.id)).all()
    parts = sa.select(Part.speaker_id).join(Part.speaker).where(Speaker.conference_id == conference.id).distinct()
    busy = set(db.session.scalars(parts))
    countries = {person: country for person, country, _id in rows if country}
    return countries, frozenset(person for person, _country, speaker in rows if speaker in busy)
