"""Makers of what tests need, one a noun, through the domain's own commands; each wants an open transaction."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer

from confapp.database import db
from confapp.domain import people, permissions
from confapp.domain.attendance import registrations
from confapp.domain.attendance.registrations import Category, Registration
from confapp.domain.people import Account, Person
from confapp.domain.permissions import Role
from confapp.domain.programme import conferences, hosts, sessions, speakers
from confapp.domain.programme.conferences import Conference, Track
from confapp.domain.programme.hosts import Host, Room, Venue
from confapp.domain.programme.sessions import PartRole, Session, SessionState
from confapp.domain.programme.slots import Slot
from confapp.domain.programme.speakers import Speaker
from confapp.domain.schedule import scheduling

NOW = dt.datetime(2026, 5, 18, 9, tzinfo=dt.UTC)
FIRST_DAY = dt.date(2026, 5, 18)
PASSWORD = "correct horse battery staple"
HASH = "$argon2id$v=19$m=8,t=1,p=1$QAV+RLkYJGynvygMd2IsDA$t2omcGzzqtngfJyBCKgV0ztPy5q8KCUrhijcy4zWOpU"
"""PASSWORD's, made as cheaply as can be."""


def at(clock_time: str, day: int = 1) -> dt.datetime:
    """A moment of the test conference, by its local time in Brussels: `at("14:30", day=2)`."""
    local = dt.datetime.combine(FIRST_DAY + dt.timedelta(days=day - 1), dt.time.fromisoformat(clock_time))
    return local.replace(tzinfo=ZoneInfo("Europe/Brussels")).astimezone(dt.UTC)


def _count(model: type[Any]) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0


def make_conference(slug: str = "summit", *, by: Account | None = None, **values: Any) -> Conference:
    """Two days in Brussels, in English, from FIRST_DAY on."""
    values = {
        "slug": slug,
        "title": {"en": "Summit"},
        "timezone": "Europe/Brussels",
        "starts_on": FIRST_DAY,
        "ends_on": FIRST_DAY + dt.timedelta(days=1),
        "languages": ["en"],
    } | values
    return conferences.create(values, by=by, now=NOW)


def make_track(conference: Conference, name: str = "Medicine", **values: Any) -> Track:
    """A track."""
    return conferences.create_track(conference, {"name": {"en": name}} | values, by=None, now=NOW)


def make_host(conference: Conference, name: str = "Royal Academy", **values: Any) -> Host:
    """A host."""
    return hosts.create(Host, conference, {"name": {"en": name}} | values, by=None, now=NOW)


def make_venue(conference: Conference, name: str = "Main Building", **values: Any) -> Venue:
    """A venue."""
    return hosts.create(Venue, conference, {"name": {"en": name}} | values, by=None, now=NOW)


def make_room(conference: Conference, name: str | None = None, **values: Any) -> Room:
    """A room; the first is called Room 1."""
    name = name or f"Room {_count(Room) + 1}"
    return hosts.create(Room, conference, {"name": {"en": name}, "capacity": 100} | values, by=None, now=NOW)


def make_speaker(conference: Conference, name: str | None = None, **values: Any) -> Speaker:
    """A speaker; the first is called Speaker 1."""
    values = {"name": name or f"Speaker {_count(Speaker) + 1}"} | values
    return speakers.create_speaker(conference, values, by=None, now=NOW)


def make_session(conference: Conference, title: str | None = None, *people: Speaker, **values: Any) -> Session:
    """A confirmed talk by `people`; the first is called Session 1."""
    values = {
        "title": {"en": title or f"Session {_count(Session) + 1}"},
        "state": SessionState.CONFIRMED,
        "parts": [(person, PartRole.SPEAKER) for person in people],
    } | values
    return sessions.create(conference, values, by=None, now=NOW)


def make_slot(
    conference: Conference,
    session: Session | None = None,
    room: Room | None = None,
    starts_at: dt.datetime | str = "10:00",
    minutes: int = 30,
    **more: Any,
) -> Slot:
    """A slot that is placed, on the first day where only a local time is given, whatever it clashes with."""
    start = at(starts_at) if isinstance(starts_at, str) else starts_at
    slot = scheduling.create_slot(conference, session)
    place = (slot, room, start, start + dt.timedelta(minutes=minutes))
    scheduling.place_many(conference, [place], **({"reason": "a test", "by": None, "now": NOW} | more))
    return slot


def make_account(
    email: str = "someone@example.org",
    *,
    role: Role | None = None,
    conference: Conference | None = None,
    scope_id: int | None = None,
    expires_at: dt.datetime | None = None,
    **values: Any,
) -> Account:
    """An account whose password is PASSWORD; with a `role`, it holds that in the `conference`."""
    values = {"name": email.partition("@")[0].title(), "password_hash": HASH} | values
    account = people.create_account(email=email, now=NOW, **values)
    if role is not None:
        assert conference is not None, "a role is held in a conference"
        permissions.grant(account, conference.id, role, by=None, now=NOW, scope_id=scope_id, expires_at=expires_at)
    return account


def make_person(name: str = "Ada Lindqvist", **values: Any) -> Person:
    """A person without an account."""
    person = Person(**({"name": name, "email": None, "created_at": NOW} | values))
    db.session.add(person)
    db.session.flush()
    return person


def make_registration(
    conference: Conference, person: Person | None = None, category: Category = Category.ACADEMIA, organisation: str = ""
) -> Registration:
    """An attendee."""
    person = person or make_person()
    return registrations.register(conference, person, category=category, organisation=organisation, by=None, now=NOW)


def sign_in(client: FlaskClient, account: Account) -> FlaskClient:
    """Sign the client in as the account, by its cookie: quick, as no password is hashed; returns the client."""
    with client.session_transaction("/accounts/") as session:  # public addresses store no cookie
        session["_user_id"], session["_fresh"] = account.session_key, True
    return client


def token_for(client: FlaskClient) -> str:
    """A CSRF token for the client's next form: `client.post(url, data={"csrf_token": token_for(client), ...})`."""
    with client.session_transaction("/accounts/") as session:
        raw = session.setdefault("csrf_token", "a test's own token")
    signer = URLSafeTimedSerializer(client.application.config["SECRET_KEY"], salt="wtf-csrf-token")
    return str(signer.dumps(raw))
