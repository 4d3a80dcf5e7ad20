"""How exports speak: one language of many, dates as that language writes them, and which part of the agenda this is."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from urllib.parse import quote, urlencode

from babel import Locale
from babel.core import UnknownLocaleError
from babel.dates import format_date

from confapp.domain.agenda import Agenda, ConferenceFacts, Entry, Filter, Track
from confapp.domain.errors import N_
from confapp.domain.texts import Texts, in_language
from confapp.exports.prose import line

Translate = Callable[[str], str]
"""gettext for one language: an English template -> the same in that language."""

ROLES: Mapping[str, str] = {
    "chair": N_("Chair"),
    "speaker": N_("Speaker"),
    "panellist": N_("Panellist"),
}
KINDS: Mapping[str, str] = {
    "keynote": N_("Keynote"),
    "talk": N_("Talk"),
    "panel": N_("Panel"),
    "workshop": N_("Workshop"),
    "lightning": N_("Lightning talks"),
    "break": N_("Break"),
    "social": N_("Social event"),
    "other": N_("Session"),
}


class Voice:
    """One language: `language` (BCP 47) first, then the conference's own, most wanted first."""

    def __init__(self, facts: ConferenceFacts, language: str, translate: Translate = str) -> None:
        self.language = language
        self.languages = (language, *facts.languages)
        self.locale = _locale(language)
        self._translate = lru_cache(translate)

    def __call__(self, template: str, **values: object) -> str:
        """The template in this language, filled in."""
        words = self._translate(str(template))
        return words % values if values else words

    def words(self, texts: Texts | None) -> str:
        """One line of text in the language wanted, else in the conference's, else in any."""
        return line(in_language(texts, self.languages))

    def html(self, texts: Texts | None) -> str:
        """As `words`, with its lines and its tags kept."""
        return in_language(texts, self.languages)

    def tag(self, texts: Texts | None) -> str:
        """The language in which `words` answers; the one wanted where there are no words."""
        written = [language for language, words in (texts or {}).items() if words]
        return next((each for each in (*self.languages, *written) if each in written), self.language)

    def day(self, day: dt.date, form: str = "full") -> str:
        """A date as this language writes it; `form` is Babel's: full, long, medium or short."""
        return format_date(day, form, locale=self.locale)

    def territory(self, country: str | None) -> str:
        """The country of an ISO 3166-1 code in this language; '' for none or an unknown one."""
        return str(self.locale.territories.get(country or "", ""))

    def role(self, role: str) -> str:
        """What a part in a session is called."""
        return self(ROLES.get(role, role))

    def kind(self, kind: str) -> str:
        """What such a session is called."""
        return self(KINDS.get(kind, KINDS["other"]))


def direction(words: str) -> str:
    """'rtl' where the first letter with a direction runs from right to left (UAX 9, rule P2), else 'ltr'."""
    for letter in words:
        way = unicodedata.bidirectional(letter)
        if way in ("R", "AL"):
            return "rtl"
        if way == "L":
            break
    return "ltr"


def place(entry: Entry, agenda: Agenda, voice: Voice) -> str:
    """'Room, Venue, City': nothing twice, and the venue all rooms share where the whole of it is meant."""
    venues = {room.venue.slug: room.venue for room in agenda.rooms if room.venue}
    venue = entry.room.venue if entry.room else next(iter(venues.values())) if len(venues) == 1 else None
    city = venue.city if venue and venue.city else agenda.conference.city
    room = voice.words(entry.room.name) if entry.room else ""
    parts = [room, voice.words(venue.name) if venue else "", line(city)]
    return ", ".join(dict.fromkeys(part for part in parts if part))


def part_of(agenda: Agenda, voice: Voice) -> str:
    """Which part of the agenda this is ('Biosafety, Room 2'), '' for the whole."""
    wanted = agenda.filter
    people = (
        {part.person.code: part.person.name for entry in agenda.entries for part in entry.session.parts}
        if wanted.speaker
        else {}
    )
    named = {
        "track": {track.slug: voice.words(track.name) for track in agenda.tracks},
        "room": {room.code: voice.words(room.name) for room in agenda.rooms},
        "host": {host.slug: voice.words(host.name) for host in agenda.hosts},
        "speaker": {code: line(name) for code, name in people.items()},
    }
    parts = [voice.day(wanted.day, "medium")] if wanted.day else []
    for field, names in named.items():
        value = getattr(wanted, field)
        parts += [names.get(value) or value] if value else []
    if wanted.language:
        shown = _locale(wanted.language).get_display_name(voice.locale)
        parts.append(shown or wanted.language)
    if wanted.session:
        titles = {entry.session.code: voice.words(entry.session.title) for entry in agenda.entries}
        parts.append(titles.get(wanted.session) or wanted.session)
    if wanted.sessions is not None:
        parts.append(voice(N_("my sessions")))
    return ", ".join(parts)


def marks(tracks: Iterable[Track], voice: Voice) -> dict[str, str]:
    """The letters that stand for each track beside its colour, by slug: initials, numbered where two would be alike."""
    made: dict[str, str] = {}
    for track in tracks:
        words = voice.words(track.name).split()
        initials = "".join(word[0].upper() for word in dict.fromkeys((words[0], words[-1]))) if words else "?"
        alike = sum(mark.rstrip("0123456789") == initials for mark in made.values())
        made[track.slug] = f"{initials}{alike + 1}" if alike else initials
    return made


def in_sentence(names: Iterable[str]) -> str:
    """Names one after the other, a comma between."""
    return ", ".join(name for name in names if name)


def agenda_url(agenda: Agenda, base_url: str, suffix: str, options: Mapping[str, str] | None = None) -> str | None:
    """The public address of the file that holds this part of the agenda; None for picks, whose address is secret.

    `options` are further parameters of the address; empty ones are left out.
    """
    wanted: Filter = agenda.filter
    if wanted.sessions is not None:
        return None
    names = ("day", "track", "room", "host", "speaker", "language")
    values = {name: str(getattr(wanted, name) or "") for name in names} | dict(options or {})
    if wanted.session is None:
        return agenda_address(agenda.conference, base_url, values, suffix=f".{suffix}")
    home = conference_url(agenda.conference, base_url)
    return f"{home}sessions/{quote(wanted.session, safe='')}.{suffix}{_query(values)}"


def agenda_address(facts: ConferenceFacts, base_url: str, values: Mapping[str, str], *, suffix: str) -> str:
    """The address of the agenda's page (`suffix` '') or of a file of it, narrowed by the values that are not empty."""
    return f"{conference_url(facts, base_url)}agenda{suffix}{_query(values)}"


def _query(values: Mapping[str, str]) -> str:
    query = urlencode({name: value for name, value in values.items() if value})
    return f"?{query}" if query else ""


def conference_url(facts: ConferenceFacts, base_url: str) -> str:
    """The address of the conference's page, with a slash at its end."""
    return f"{base_url.rstrip('/')}/{quote(facts.slug)}/"


def session_url(entry: Entry, facts: ConferenceFacts, base_url: str) -> str:
    """The address of the session's page."""
    return f"{conference_url(facts, base_url)}sessions/{quote(entry.session.code, safe='')}"


def _locale(language: str) -> Locale:
    """Babel's locale for a BCP 47 tag, or the nearest one it knows."""
    for tag in (language, re.split("[-_]", language)[0], "en"):
        try:
            return Locale.parse(tag, sep="_" if "_" in tag else "-")
        except (UnknownLocaleError, ValueError):
            continue
    raise AssertionError("Babel knows English")
