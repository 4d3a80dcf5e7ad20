"""Loads the demonstration through the domain's own commands: the programme, its release, the audience and the stage."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from confapp.database import db
from confapp.demo import load_programme, values
from confapp.demo.press import load_press
from confapp.domain import grants, people
from confapp.domain.attendance import registrations
from confapp.domain.attendance.registrations import Category
from confapp.domain.cleaning import clean_html
from confapp.domain.letters import tellings
from confapp.domain.letters.tellings import Choice, When
from confapp.domain.live import stage
from confapp.domain.live.stage import Fact
from confapp.domain.people import Account
from confapp.domain.permissions import Role
from confapp.domain.programme import conferences, hosts, sessions, speakers
from confapp.domain.programme.conferences import Conference
from confapp.domain.programme.hosts import Host, Room, Venue
from confapp.domain.programme.sessions import Kind, PartRole, Session, SessionState
from confapp.domain.programme.slots import Slot
from confapp.domain.programme.speakers import Speaker
from confapp.domain.release import releases
from confapp.domain.schedule import scheduling

SLUG = "biotech"
MADE = dt.timedelta(days=30)
"""How long before now the conference was made,"""
RELEASED = dt.timedelta(days=7)
"""released, and"""
REGISTERING = dt.timedelta(hours=13)
"""how long after one attendee the next registered."""


def load(*, password_hash: str, now: dt.datetime) -> list[values.Account]:
    """Make the demonstration conference, with a keynote live at `now`; returns the accounts, which share a password.

    Needs an open transaction. Accounts that stand already get the new password.
    """
    programme = load_programme(now=now)
    accounts = _accounts(programme, password_hash, now=now)
    organiser = accounts["organiser@demo.example"]
    conference = _conference(programme, by=accounts["admin@demo.example"], now=now - MADE)
    rooms = _places(conference, programme, by=organiser, now=now - MADE)
    talks = _sessions(conference, programme, by=organiser, now=now - MADE)
    slots = _schedule(conference, programme, talks, rooms, by=organiser, now=now - MADE)
    note = {"en": "The first complete programme.", "fr": "Le premier programme complet."}
    made, _warnings = releases.release(conference, expected=None, note=note, by=organiser, now=now - RELEASED)
    tellings.tell(conference, made, Choice(When.LATER), by=organiser, now=now - RELEASED)
    _audience(conference, programme, talks, now=now)
    _roles(conference, programme, accounts, now=now - MADE)
    _stage(programme, slots, by=accounts["stage@demo.example"], now=now)
    load_press(conference, programme, talks, accounts, now=now)
    return list(programme.accounts)


def _html(texts: Mapping[str, str]) -> dict[str, str]:
    return {language: clean_html(words) for language, words in texts.items()}


def _accounts(programme: values.Programme, password_hash: str, *, now: dt.datetime) -> dict[str, Account]:
    made = {}
    for each in programme.accounts:
        account = people.account_by_email(each.email)
        if account is None:
            account = people.create_account(
                email=each.email, name=each.name, password_hash=password_hash, now=now - MADE, is_admin=each.admin
            )
        account.password = password_hash
        made[each.email] = account
    db.session.flush()
    return made


def _conference(programme: values.Programme, *, by: Account, now: dt.datetime) -> Conference:
    about = programme.conference
    facts: dict[str, Any] = {
        "slug": about.slug,
        "title": dict(about.title),
        "tagline": dict(about.tagline),
        "description": _html(about.description),
        "timezone": about.timezone,
        "starts_on": about.starts_on,
        "ends_on": about.ends_on,
        "languages": list(about.languages),
        "city": about.city,
        "country": about.country,
        "contact": about.contact,
    }
    return conferences.create(facts, by=by, now=now)


def _places(conference: Conference, programme: values.Programme, *, by: Account, now: dt.datetime) -> dict[str, Room]:
    """Hosts, the venues and rooms that they lend; the rooms by code."""
    host_rows = [
        {
            "slug": host.slug,
            "name": dict(host.name),
            "country": host.country,
            "contact_name": host.contact_name,
            "contact_email": host.contact_email,
            "description": _html(host.description),
        }
        for host in programme.hosts
    ]
    hosted = {row.slug: row for row in hosts.create_many(Host, conference, host_rows, by=by, now=now)}
    venue_rows = [
        {
            "slug": venue.slug,
            "name": dict(venue.name),
            "host": hosted[venue.host],
            "address": venue.address,
            "city": venue.city,
            "latitude": venue.latitude,
            "longitude": venue.longitude,
        }
        for venue in programme.venues
    ]
    venues = {row.slug: row for row in hosts.create_many(Venue, conference, venue_rows, by=by, now=now)}
    room_rows = [
        {
            "code": room.code,
            "name": dict(room.name),
            "venue": venues[room.venue],
            "host": hosted[room.host],
            "capacity": room.capacity,
            "floor": room.floor,
            "is_step_free": room.is_step_free,
            "equipment": list(room.equipment),
        }
        for room in programme.rooms
    ]
    return {row.code: row for row in hosts.create_many(Room, conference, room_rows, by=by, now=now)}


def _speakers(
    conference: Conference, programme: values.Programme, *, by: Account, now: dt.datetime
) -> dict[str, Speaker]:
    rows = [
        {
            "name": each.name,
            "affiliation": each.affiliation,
            "country": each.country,
            "biography": _html(each.biography),
        }
        for each in programme.speakers
    ]
    made = speakers.create_speakers(conference, rows, by=by, now=now)
    return {each.key: row for each, row in zip(programme.speakers, made, strict=True)}


def _sessions(
    conference: Conference, programme: values.Programme, *, by: Account, now: dt.datetime
) -> dict[str, Session]:
    """Tracks, speakers and sessions; these by key."""
    track_rows = [{"slug": each.slug, "name": dict(each.name), "colour": each.colour} for each in programme.tracks]
    tracks = {row.slug: row for row in conferences.create_tracks(conference, track_rows, by=by, now=now)}
    profiles = _speakers(conference, programme, by=by, now=now)
    rows = [
        {
            "kind": Kind(each.kind),
            "state": SessionState.CONFIRMED if each.slots else SessionState.ACCEPTED,
            "track": tracks[each.track],
            "title": dict(each.title),
            "abstract": _html(each.abstract),
            "language": each.language,
            "expected": each.expected,
            "duration_minutes": each.minutes,
            "parts": [(profiles[part.person], PartRole(part.role)) for part in each.parts],
        }
        for each in programme.sessions
    ]
    made = sessions.create_many(conference, rows, by=by, now=now)
    return {each.key: row for each, row in zip(programme.sessions, made, strict=True)}


def _schedule(
    conference: Conference,
    programme: values.Programme,
    talks: Mapping[str, Session],
    rooms: Mapping[str, Room],
    *,
    by: Account,
    now: dt.datetime,
) -> list[tuple[values.Slot, Slot]]:
    """All slots, placed; each with what the programme says of it, in the order of time."""
    planned = list(programme.slots())
    made = scheduling.create_slots(conference, [talks[session.key] for session, _ in planned])
    held = [(place, slot) for (_, place), slot in zip(planned, made, strict=True)]
    wanted = [(slot, rooms[place.room] if place.room else None, place.starts_at, place.ends_at) for place, slot in held]
    scheduling.place_many(conference, wanted, reason="demonstration", by=by, now=now)
    return held


def _audience(
    conference: Conference, programme: values.Programme, talks: Mapping[str, Session], *, now: dt.datetime
) -> None:
    for place, each in enumerate(programme.registrations):
        moment = now - REGISTERING * (len(programme.registrations) - place)
        person = people.person_for(email=each.email, name=each.name, now=moment)
        registration = registrations.register(
            conference, person, category=Category(each.category), organisation=each.organisation, by=None, now=moment
        )
        for key in each.picks:
            registrations.pick(registration, talks[key], now=moment)


def _roles(
    conference: Conference, programme: values.Programme, accounts: Mapping[str, Account], *, now: dt.datetime
) -> None:
    """All roles but those for words, which are not written yet."""
    for each in programme.accounts:
        if each.role and not each.transcript:
            grants.give(
                conference,
                email=each.email,
                role=Role(each.role),
                scope=each.track or each.host,
                expires_at=None,
                by=accounts["admin@demo.example"],
                now=now,
            )


def _stage(
    programme: values.Programme, slots: list[tuple[values.Slot, Slot]], *, by: Account, now: dt.datetime
) -> None:
    """What the stage desk has said until now: every slot began on time, and those that are over have ended."""
    said = [(place.starts_at, slot, Fact.STARTED) for place, slot in slots if place.starts_at <= now]
    said += [(place.ends_at, slot, Fact.ENDED) for place, slot in slots if place.over(now=now)]
    for moment, slot, fact in sorted(said, key=lambda each: (each[0], each[1].number)):
        stage.say(slot, fact, by=by, now=moment)
