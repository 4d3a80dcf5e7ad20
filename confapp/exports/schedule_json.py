"""The agenda as schedule.json, valid against the voc/schedule JSON schema; what that has no place for is in `meta`."""

from __future__ import annotations

import json
import re
from typing import Any

from confapp.domain.agenda import Agenda, Entry, Part, Session
from confapp.domain.texts import Texts
from confapp.exports.exchange import COLOURS, GENERATOR, TIMESLOT, Event, Exchange
from confapp.exports.prose import line, lines
from confapp.exports.wording import Translate, Voice, conference_url

META = "confapp"
"""The name of our own part of the conference's `meta`."""
_ZONE = re.compile(r"[A-Z][a-z]+/[A-Z][a-z]+.*|.*UTC")
_CODE = re.compile(r"[A-Z0-9]+")


def schedule_json(agenda: Agenda, *, base_url: str, language: str, translate: Translate = str) -> bytes:
    """The file's bytes, UTF-8. Cancelled entries are left out; equal arguments give equal bytes."""
    seen = Exchange(agenda, base_url, Voice(agenda.conference, language, translate))
    home = conference_url(agenda.conference, base_url)
    tree = {
        "$schema": "https://c3voc.de/schedule/schema.json",
        "generator": {"name": GENERATOR, "url": home},
        "schedule": {"version": str(agenda.release), "base_url": home, "conference": _conference(seen, home)},
    }
    return json.dumps(tree, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _conference(seen: Exchange, home: str) -> dict[str, Any]:
    facts, voice, days = seen.facts, seen.voice, list(seen.days())
    whole: dict[str, Any] = {
        "acronym": seen.acronym,
        "title": voice.words(facts.title) or facts.slug,
        "start": facts.starts_on.isoformat(),
        "end": facts.ends_on.isoformat(),
        "daysCount": len(days),
        "timeslot_duration": TIMESLOT,
    }
    if _ZONE.fullmatch(facts.timezone):
        whole["time_zone_name"] = facts.timezone
    whole["url"] = home
    whole["tracks"] = [
        {"name": voice.words(track.name) or track.slug, "color": COLOURS[(track.colour - 1) % len(COLOURS)]}
        | ({"slug": slug} if (slug := seen.track_slug(track.slug)) and re.fullmatch(r".+[a-z0-9]", slug) else {})
        for track in seen.agenda.tracks
    ]
    whole["rooms"] = [
        {"name": seen.room_names[room.code], "guid": str(room.uuid)}
        | ({"capacity": room.capacity} if room.capacity is not None else {})
        for room in seen.rooms()
    ]
    events = [event for day in days for held in day.rooms.values() for event in held]
    whole["meta"] = {META: _meta(seen, events)}
    whole["days"] = [
        {
            "index": day.index,
            "date": day.date.isoformat(),
            "day_start": day.starts_at.isoformat(),
            "day_end": day.ends_at.isoformat(),
            "rooms": {name: [_event(event, seen) for event in held] for name, held in day.rooms.items()},
        }
        for day in days
    ]
    return whole


def _meta(seen: Exchange, events: list[Event]) -> dict[str, Any]:
    facts = seen.facts
    return {
        "timezone": facts.timezone,
        "title": _texts(facts.title),
        "city": line(facts.city),
        "whole_venue": seen.whole_venue,
        "tracks": {seen.voice.words(track.name) or track.slug: _texts(track.name) for track in seen.agenda.tracks},
        "rooms": {seen.room_names[room.code]: _texts(room.name) for room in seen.rooms()},
        "events": {str(event.entry.uuid): _more(event.entry) for event in events},
    }


def _more(entry: Entry) -> dict[str, Any]:
    """What the schema's event cannot say: texts in all languages."""
    session = entry.session
    more: dict[str, Any] = {
        name: told
        for name, texts in (("title", session.title), ("subtitle", session.subtitle))
        if (told := _texts(texts))
    }
    more |= {
        name: {language: lines(words) for language, words in texts.items() if words}
        for name, texts in (("abstract", session.abstract), ("description", session.description))
        if any(texts.values())
    }
    return more


def _texts(texts: Texts) -> dict[str, str]:
    return {language: told for language, words in texts.items() if (told := line(words))}


def _event(event: Event, seen: Exchange) -> dict[str, Any]:
    entry, session = event.entry, event.entry.session
    return {
        "guid": str(entry.uuid),
        **({"code": event.code} if event.code else {}),
        "id": entry.number,
        "date": event.starts_at.isoformat(),
        "start": event.starts_at.strftime("%H:%M"),
        "end": entry.ends_at.astimezone(seen.facts.zone).isoformat(),
        "duration": event.duration,
        "room": event.room,
        "slug": event.slug,
        "url": event.url,
        "title": seen.title(event),
        "subtitle": seen.voice.words(session.subtitle),
        "track": (seen.voice.words(session.track.name) or session.track.slug) if session.track else None,
        "type": session.kind,
        "language": session.language,
        "abstract": seen.html(session.abstract),
        "description": seen.html(session.description),
        "do_not_record": None if session.is_recorded is None else not session.is_recorded,
        "persons": [_person(part, seen) for part in session.parts],
        "links": _links(session, is_attachment=False),
        "attachments": _links(session, is_attachment=True),
    }


def _person(part: Part, seen: Exchange) -> dict[str, Any]:
    """A person by name, never by `public_name` too: the schema wants one or the other."""
    person = part.person
    return {
        "id": person.number,
        "guid": str(person.uuid),
        **({"code": person.code} if _CODE.fullmatch(person.code) else {}),
        "name": line(person.name),
        "role": part.role,
        "biography": seen.html(person.biography) or None,
        **({"affiliation": line(person.affiliation)} if person.affiliation else {}),
        **({"country": person.country} if person.country else {}),
    }


def _links(session: Session, *, is_attachment: bool) -> list[dict[str, str]]:
    return [
        {"url": line(link.url), "title": line(link.title)}
        for link in session.links
        if link.is_attachment == is_attachment
    ]
