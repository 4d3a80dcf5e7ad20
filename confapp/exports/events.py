"""One entry of the agenda as a VEVENT (RFC 5545, 7986; in full detail RFC 9073, 9253): equal bytes for equal data."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from urllib.parse import quote

from confapp.domain.agenda import Agenda, Entry, Room, Session
from confapp.domain.errors import N_
from confapp.exports.contentlines import duration, line, moment, text, uri
from confapp.exports.prose import cut, plain, printed
from confapp.exports.prose import line as one_line
from confapp.exports.wording import Voice, agenda_address, conference_url, place

ABSTRACT = 300
"""Characters of an abstract in an event, before its link."""


class Events:
    """Writes the entries of one agenda as events, in one language; what all of them share is made once.

    `alarm` rings that long before each event. `is_full` adds what few calendars read and every byte limit feels: the
    abstract as HTML, links, the track as a concept, people and rooms as components of their own. `organizer` is the
    e-mail address that invites (RFC 5546), where it is not the conference's own.
    """

    def __init__(
        self,
        agenda: Agenda,
        voice: Voice,
        base_url: str,
        *,
        alarm: dt.timedelta | None = None,
        is_full: bool = False,
        organizer: str | None = None,
    ) -> None:
        self.agenda, self.voice, self.base_url = agenda, voice, base_url
        self.is_full = is_full
        self.alarm = None if alarm is None else line("TRIGGER", duration(-alarm))
        self._zone, self._timezone = agenda.conference.zone, agenda.conference.timezone
        self._home = conference_url(agenda.conference, base_url)
        self._organizer = self._organizer_line(organizer)
        self._places: dict[str | None, bytes] = {}
        self._tracks: dict[str, bytes] = {}

    def block(self, entry: Entry, abstract: int = ABSTRACT) -> bytes:
        """The event with at most `abstract` characters of the abstract in its description."""
        before, after = self.around(entry)
        return before + self.description(entry, abstract) + after

    def around(self, entry: Entry, *, sequence: int | None = None, more: bytes = b"") -> tuple[bytes, bytes]:
        """The event's bytes before and after its DESCRIPTION. `sequence` replaces the entry's own; `more` joins in."""
        session, voice = entry.session, self.voice
        title = voice.words(session.title) or voice.kind(session.kind)
        summary = voice(N_("Cancelled: %(title)s"), title=title) if entry.is_cancelled else title
        changed = moment(entry.changed_at or self.agenda.released_at)
        told, transparent = ("CANCELLED", "TRANSPARENT") if entry.is_cancelled else ("CONFIRMED", "OPAQUE")
        before = (
            f"BEGIN:VEVENT\r\nUID:{entry.uuid}\r\nDTSTAMP:{changed}\r\nLAST-MODIFIED:{changed}\r\n"
            f"SEQUENCE:{entry.sequence if sequence is None else sequence}\r\n"
            f"STATUS:{told}\r\nTRANSP:{transparent}\r\n{self._times(entry)}"
        ).encode() + line("SUMMARY", text(summary))
        after = [line("URL", self._address(session)), self._place(entry)]
        after += [self._track(session), self._organizer, more]
        if session.online:
            label = {"VALUE": "URI", "FEATURE": "VIDEO", "LABEL": voice(N_("Join online"))}
            after.append(line("CONFERENCE", uri(session.online), label))
        if self.is_full:
            after += self._details(session)
        if self.alarm and not entry.is_cancelled:
            described = line("DESCRIPTION", text(title))
            after += [b"BEGIN:VALARM\r\nACTION:DISPLAY\r\n", described, self.alarm, b"END:VALARM\r\n"]
        if self.is_full:
            after += [*self._people(session), *self._room(entry.room)]
        return before, b"".join(after) + b"END:VEVENT\r\n"

    def description(self, entry: Entry, abstract: int) -> bytes:
        """DESCRIPTION, plain text: who, the abstract's beginning, and where to read on and to join."""
        session, voice = entry.session, self.voice
        people = []
        for part in sorted(session.parts, key=lambda part: part.role != "chair"):
            affiliation = one_line(part.person.affiliation)
            person = f"{voice.role(part.role)}: {one_line(part.person.name)}"
            people.append(f"{person} ({affiliation})" if affiliation else person)
        joins = voice(N_("Join online: %(address)s"), address=uri(session.online)) if session.online else ""
        told = [voice.words(session.subtitle), "\n".join(people), cut(self.about(entry), abstract), joins]
        told.append(self._address(session))
        return line("DESCRIPTION", text("\n\n".join(each for each in told if each)))

    def about(self, entry: Entry) -> str:
        """What the session is about, as plain text."""
        return plain(self._html(entry.session))

    def _address(self, session: Session) -> str:
        """The address of the session's page."""
        return f"{self._home}sessions/{quote(session.code, safe='')}"

    def _html(self, session: Session) -> str:
        return self.voice.html(session.abstract) or self.voice.html(session.description)

    def _times(self, entry: Entry) -> str:
        """DTSTART and DTEND on the venue's clock, or in UTC where that clock shows the hour twice and means the second.

        RFC 5545 section 3.3.5: a local time that occurs twice is its first occurrence. An end at the start is left out
        (section 3.8.2.2 wants it later).
        """
        starts, ends = entry.starts_at.replace(microsecond=0), entry.ends_at.replace(microsecond=0)
        told = {"DTSTART": starts, "DTEND": ends} if ends > starts else {"DTSTART": starts}
        local = {name: at.astimezone(self._zone) for name, at in told.items()}
        if any(at.fold for at in local.values()):
            return "".join(f"{name}:{moment(at)}\r\n" for name, at in told.items())
        return "".join(f"{name};TZID={self._timezone}:{at:%Y%m%dT%H%M%S}\r\n" for name, at in local.items())

    def _place(self, entry: Entry) -> bytes:
        """LOCATION and GEO."""
        code = entry.room.code if entry.room else None
        if code not in self._places:
            where = place(entry, self.agenda, self.voice)
            made = line("LOCATION", text(where)) if where else b""
            self._places[code] = made + self._position(entry.room)
        return self._places[code]

    def _position(self, room: Room | None) -> bytes:
        venue = room.venue if room else None
        if venue is None or venue.latitude is None or venue.longitude is None:
            return b""
        return line("GEO", f"{venue.latitude:.6f};{venue.longitude:.6f}")

    def _track(self, session: Session) -> bytes:
        """CATEGORIES; in full detail what the track is for machines too (RFC 9253 sections 8.1 and 8.3)."""
        track = session.track
        if track is None:
            return b""
        if track.slug not in self._tracks:
            name = self.voice.words(track.name)
            made = line("CATEGORIES", text(name)) if name else b""
            if self.is_full:
                address = agenda_address(self.agenda.conference, self.base_url, {"track": track.slug}, suffix="")
                made += line("CONCEPT", address) + line("REFID", text(track.slug))
            self._tracks[track.slug] = made
        return self._tracks[track.slug]

    def _organizer_line(self, organizer: str | None) -> bytes:
        """Who publishes: METHOD:PUBLISH asks for an ORGANIZER in every event (RFC 5546 section 3.2.1)."""
        facts = self.agenda.conference
        contact = "".join((organizer or facts.contact or "").split())
        address = f"mailto:{quote(contact, safe='@+*=')}" if contact else self._home
        return line("ORGANIZER", address, {"CN": self.voice.words(facts.title) or facts.slug})

    # What only full detail tells.

    def _details(self, session: Session) -> Iterator[bytes]:
        if html := printed(self._html(session)):
            yield line("STYLED-DESCRIPTION", text(str(html)), {"VALUE": "TEXT", "FMTTYPE": "text/html"})
        for link in session.links:
            label = {"LABEL": title} if (title := one_line(link.title)) else {}
            relation = {"VALUE": "URI", "LINKREL": "enclosure" if link.is_attachment else "related"}
            yield line("LINK", uri(link.url), relation | label)

    def _people(self, session: Session) -> Iterator[bytes]:
        """Each person once, as a PARTICIPANT (RFC 9073 section 7.1)."""
        for person in {person.code: person for person in session.people()}.values():
            roles = [self.voice.role(part.role) for part in session.parts if part.person.code == person.code]
            yield f"BEGIN:PARTICIPANT\r\nUID:{person.uuid}\r\nPARTICIPANT-TYPE:SPEAKER\r\n".encode()
            yield line("SUMMARY", text(one_line(person.name)))
            if affiliation := one_line(person.affiliation):
                yield line("DESCRIPTION", text(affiliation))
            yield line("CATEGORIES", ",".join(text(role) for role in roles))
            yield line("URL", f"{self._home}speakers/{quote(person.code, safe='')}")
            yield b"END:PARTICIPANT\r\n"

    def _room(self, room: Room | None) -> Iterator[bytes]:
        """Where it is, as a VLOCATION (RFC 9073 section 7.2)."""
        if room is None:
            return
        yield f"BEGIN:VLOCATION\r\nUID:{room.uuid}\r\n".encode()
        yield line("NAME", text(self.voice.words(room.name) or room.code))
        told = [one_line(room.venue.address), one_line(room.venue.city)] if room.venue else []
        if room.floor:
            told.append(self.voice(N_("Floor %(floor)s"), floor=one_line(room.floor)))
        if room.is_step_free:
            told.append(self.voice(N_("Step-free access")))
        if words := ", ".join(each for each in told if each):
            yield line("DESCRIPTION", text(words))
        yield self._position(room)
        yield b"END:VLOCATION\r\n"
