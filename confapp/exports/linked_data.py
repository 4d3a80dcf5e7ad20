"""What search engines read of an agenda: schema.org's Event, for the conference and for each session (JSON-LD 1.1)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from confapp.domain.agenda import Agenda, Entry
from confapp.exports.prose import cut, plain
from confapp.exports.wording import Voice, conference_url, session_url

CONTEXT = "https://schema.org"
MOST_WORDS = 1_000
"""Characters of a description."""


def conference_data(agenda: Agenda, *, base_url: str, language: str) -> str:
    """The conference as an Event, as JSON that may stand inside a script element."""
    facts, voice = agenda.conference, Voice(agenda.conference, language)
    told = {
        "@context": CONTEXT,
        "@type": "Event",
        "name": voice.words(facts.title) or facts.slug,
        "description": cut(plain(voice.html(facts.description)) or voice.words(facts.tagline), MOST_WORDS),
        "startDate": facts.starts_on.isoformat(),
        "endDate": facts.ends_on.isoformat(),
        "eventStatus": f"{CONTEXT}/EventScheduled",
        "url": conference_url(facts, base_url),
        "inLanguage": list(facts.languages),
        "location": _place("", facts.city, facts.country),
        "organizer": [
            {"@type": "Organization", "name": voice.words(host.name), **({"url": host.url} if host.url else {})}
            for host in agenda.hosts
        ],
    }
    return _json(told)


def session_data(entries: Iterable[Entry], agenda: Agenda, *, base_url: str, language: str) -> str:
    """Each time at which a session takes place as an Event, as JSON that may stand inside a script element."""
    voice = Voice(agenda.conference, language)
    return _json([_event(entry, agenda, voice, base_url) for entry in entries])


def _event(entry: Entry, agenda: Agenda, voice: Voice, base_url: str) -> dict[str, Any]:
    facts, session, zone = agenda.conference, entry.session, agenda.conference.zone
    venue = entry.room.venue if entry.room else None
    room = voice.words(entry.room.name) if entry.room else ""
    status = "EventCancelled" if entry.is_cancelled else "EventScheduled"
    return {
        "@context": CONTEXT,
        "@type": "Event",
        "@id": f"urn:uuid:{entry.uuid}",
        "name": voice.words(session.title) or voice.kind(session.kind),
        "description": cut(plain(voice.html(session.abstract) or voice.html(session.description)), MOST_WORDS),
        "startDate": entry.starts_at.astimezone(zone).isoformat(),
        "endDate": entry.ends_at.astimezone(zone).isoformat(),
        "eventStatus": f"{CONTEXT}/{status}",
        "url": session_url(entry, facts, base_url),
        "inLanguage": session.language,
        "location": _place(
            ", ".join(filter(None, (room, voice.words(venue.name) if venue else ""))),
            (venue.city if venue else "") or facts.city,
            facts.country,
            venue.address if venue else "",
        ),
        "performer": [
            {"@type": "Person", "name": part.person.name}
            | ({"affiliation": part.person.affiliation} if part.person.affiliation else {})
            for part in session.parts
        ],
        "superEvent": {
            "@type": "Event",
            "name": voice.words(facts.title) or facts.slug,
            "url": conference_url(facts, base_url),
            "startDate": facts.starts_on.isoformat(),
            "endDate": facts.ends_on.isoformat(),
            "location": _place("", facts.city, facts.country),
        },
    }


def _place(name: str, city: str, country: str | None, street: str = "") -> dict[str, Any]:
    address = {"streetAddress": street, "addressLocality": city, "addressCountry": country}
    told = {"@type": "PostalAddress", **{key: value for key, value in address.items() if value}}
    return {"@type": "Place", "name": name or city, "address": told}


def _json(told: Any) -> str:
    """JSON without empty values, which ends no script element whatever is in it."""
    text = json.dumps(_without_blanks(told), ensure_ascii=False, separators=(",", ":"))
    text = text.encode("utf-8", "ignore").decode()
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026").replace("\u2028", "\\u2028")


def _without_blanks(told: Any) -> Any:
    if isinstance(told, dict):
        return {key: _without_blanks(value) for key, value in told.items() if value not in (None, "", [], {})}
    return [_without_blanks(value) for value in told] if isinstance(told, list) else told
