"""Reads iCalendar files (RFC 5545) into a plan, liberally: repeated events become a session for each occurrence."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from confapp.domain.cleaning import clean_html, clean_line
from confapp.domain.errors import N_, Invalid
from confapp.imports.calendar_times import MOST_OCCURRENCES, Zones, occurrences, read_length, read_value
from confapp.imports.composing import MAX_NAME, Composer, Item, Moment, Unusable
from confapp.imports.content_lines import Component, parse
from confapp.imports.plan import Plan, Remarks
from confapp.imports.vocabulary import role_of
from confapp.imports.whole import WHERE, Stated, conference_of
from confapp.imports.zones import settle_zone

SOURCE = "ical"
_PERSON = re.compile(
    r"(speakers?|presenters?|panell?ists?|chairs?|moderators?|hosts?|authors?|with|by|referent(?:in|en)?|"
    r"intervenant(?:e|s|es)?|ponentes?|relator[ei]|vortragende)[ \t]*:[ \t]*(\S[^\n]*)\s*",
    re.IGNORECASE,
)
_LONG_AGO = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_LONGEST = 366


def read_ical(text: str, *, timezone: str | None, remarks: Remarks) -> Plan:
    """The plan of a calendar. `timezone` as for `read_frab`. Raises Invalid naming `file` or `timezone`."""
    calendars = [each for each in parse(text, remarks) if each.name == "VCALENDAR"]
    if not calendars:
        raise Invalid({"file": [N_("The file holds no calendar: no line says BEGIN:VCALENDAR.")]})
    if not any(each.name == "VEVENT" for calendar in calendars for each in calendar.inner):
        raise Invalid({"file": [N_("The calendar holds no event (VEVENT), so there is nothing to import.")]})
    return _Reader(calendars, timezone, remarks).plan()


@dataclass
class _Event:
    """A VEVENT with what its times say."""

    component: Component
    where: str
    uid: str
    starts_at: Moment
    ends_at: Moment
    length: dt.timedelta | None


class _Reader:
    def __init__(self, calendars: list[Component], timezone: str | None, remarks: Remarks) -> None:
        self.calendars, self.remarks = calendars, remarks
        self.takes_back = calendars[0].text("METHOD").strip().upper() == "CANCEL"
        """Whether it takes back what it names (RFC 5546 section 3.2.5)."""
        self.is_ours = "Confapp" in calendars[0].text("PRODID")
        spelt = {
            each.text("TZID"): each for calendar in calendars for each in calendar.inner if each.name == "VTIMEZONE"
        }
        self.zones = Zones(spelt, remarks)
        self.events = self._latest([each for calendar in calendars for each in calendar.inner if each.name == "VEVENT"])
        self.places = {clean_line(event.text("LOCATION")) for event in self.events}
        zone, _ = settle_zone(self._zone_named(), timezone, remarks, moments=(), field="X-WR-TIMEZONE", where=WHERE)
        self.composer = Composer(remarks, zone)

    def _latest(self, events: list[Component]) -> list[Component]:
        """The events; of several states of one (same UID and occurrence), told by SEQUENCE, the latest."""
        states: dict[tuple[str, str], list[Component]] = {}
        for event in events:
            if uid := clean_line(event.text("UID")):
                states.setdefault((uid, event.text("RECURRENCE-ID")), []).append(event)
        passed: set[int] = set()
        for (uid, _), held in states.items():
            numbers = [_number(event.text("SEQUENCE")) for event in held]
            if len(held) > 1 and len(set(numbers)) == len(held):
                passed |= {id(event) for event, number in zip(held, numbers, strict=True) if number < max(numbers)}
                message = N_("The file holds several states of this event; the latest was taken.")
                self.remarks.quirk(N_("line %(line)d", line=held[0].line), "SEQUENCE", message, uid)
        return [event for event in events if id(event) not in passed]

    def _zone_named(self) -> str:
        """The zone that the calendar states, else the one that most of its events are in."""
        stated = next((each.text("X-WR-TIMEZONE") for each in self.calendars if each.one("X-WR-TIMEZONE")), "")
        if stated:
            named = self.zones.named(clean_line(stated))
            return named.key if named else clean_line(stated)
        uses = Counter(
            zone.key
            for event in self.events
            for start in event.all("DTSTART")
            if (zone := self.zones.named(start.parameters.get("TZID", "")))
        )
        return uses.most_common(1)[0][0] if uses else ""

    def plan(self) -> Plan:
        """Everything, in the order of the file."""
        held = list(self._read())
        moments = [each.starts_at for each in held if isinstance(each.starts_at, dt.datetime)]
        until = max(moments, default=_LONG_AGO) + dt.timedelta(days=1)
        replaced: dict[str, set[dt.datetime]] = {}
        for each in held:
            if (moment := self._recurrence(each)) is not None:
                replaced.setdefault(each.uid, set()).add(moment)
        for each in held:
            try:
                for number, (starts_at, is_repeated) in enumerate(self._starts(each, until, replaced)):
                    self.composer.take(self._item(each, starts_at, is_repeated, number))
            except Unusable as fault:
                self.remarks.refuse(each.where, *fault.args)
        first = self.calendars[0]
        stated = Stated(
            title=self.composer.texts(WHERE, "title", first.text("NAME", "X-WR-CALNAME") or first.text("X-WR-CALDESC")),
            url=self.composer.address(WHERE, "url", first.text("URL")),
        )
        make = conference_of(stated, timezone=self.composer.zone.key, remarks=self.remarks)
        return self.composer.gathering.plan(SOURCE, make)

    def _read(self) -> Iterator[_Event]:
        zone = self.composer.zone
        for event in self.events:
            uid, title = clean_line(event.text("UID")), clean_line(event.text("SUMMARY"))
            if uid or title:
                where = N_("event %(name)s, line %(line)d", name=(uid or title)[:80], line=event.line)
            else:
                where = N_("event on line %(line)d", line=event.line)
            try:
                start, end = event.one("DTSTART"), event.one("DTEND")
                starts_at = read_value(start, self.zones, zone, where) if start else None
                ends_at = read_value(end, self.zones, zone, where) if end else None
                yield _Event(event, where, uid, starts_at, ends_at, self._length(event, starts_at))
            except Unusable as fault:
                self.remarks.refuse(where, *fault.args)

    def _length(self, event: Component, starts_at: Moment) -> dt.timedelta | None:
        written = event.one("DURATION")
        if written is None:
            return None
        length = read_length(written.value)
        if length is None:
            raise Unusable("DURATION", N_("This is not a duration that a session can have (RFC 5545)."), written.value)
        return length if isinstance(starts_at, dt.datetime) else None

    def _recurrence(self, event: _Event) -> dt.datetime | None:
        """Which occurrence of a repeated event this one stands for."""
        found = event.component.one("RECURRENCE-ID")
        if found is None:
            return None
        try:
            moment = read_value(found, self.zones, self.composer.zone, event.where)
        except Unusable:
            return None
        return moment.astimezone(dt.UTC) if isinstance(moment, dt.datetime) else None

    def _starts(
        self, event: _Event, until: dt.datetime, replaced: dict[str, set[dt.datetime]]
    ) -> Iterator[tuple[Moment, bool]]:
        """When it takes place, and whether it does so several times."""
        component, starts_at = event.component, event.starts_at
        is_repeated = component.one("RRULE") is not None or component.one("RDATE") is not None
        if not is_repeated or component.one("RECURRENCE-ID") is not None or not isinstance(starts_at, dt.datetime):
            yield starts_at, component.one("RECURRENCE-ID") is not None
            return
        rule = component.one("RRULE")
        is_endless = rule is not None and not re.search(r"(?:COUNT|UNTIL)\s*=", rule.value, re.IGNORECASE)
        last = (
            min(until, starts_at + dt.timedelta(days=_LONGEST))
            if is_endless
            else starts_at + dt.timedelta(days=_LONGEST)
        )
        left_out = {*self._moments(event, "EXDATE"), *replaced.get(event.uid, set())}
        found = occurrences(component, starts_at, last, added=self._moments(event, "RDATE"), left_out=left_out)
        if is_endless:
            message = N_("It repeats without an end; only what lies within the programme's days was taken.")
            self.remarks.warn(event.where, "RRULE", message, rule.value if rule else "")
        elif len(found) == MOST_OCCURRENCES:
            message = N_("It repeats more than %(limit)d times; the first ones were taken.", limit=MOST_OCCURRENCES)
            self.remarks.warn(event.where, "RRULE", message, rule.value if rule else "")
        self.remarks.quirk(event.where, "RRULE", N_("Each occurrence of a repeated event became a session."))
        for each in found:
            yield each, True

    def _moments(self, event: _Event, name: str) -> Iterator[dt.datetime]:
        for found in event.component.all(name):
            for value in found.value.split(","):
                try:
                    moment = read_value(found, self.zones, self.composer.zone, event.where, value.split("/")[0])
                except Unusable as fault:
                    self.remarks.warn(event.where, *fault.args)
                    continue
                if isinstance(moment, dt.datetime):
                    yield moment.astimezone(dt.UTC)

    def _item(self, event: _Event, starts_at: Moment, is_repeated: bool, number: int) -> Item:
        composer, component, where = self.composer, event.component, event.where
        ends_at, length = event.ends_at, event.length
        if number and isinstance(starts_at, dt.datetime) and isinstance(event.starts_at, dt.datetime):
            if isinstance(ends_at, dt.datetime):
                length = ends_at - event.starts_at
            ends_at = None
        named = [("guid", event.uid)]
        if is_repeated and event.uid:
            occurrence = self._recurrence(event) or starts_at
            stamp = occurrence.astimezone(dt.UTC) if isinstance(occurrence, dt.datetime) else occurrence
            named = [("guid", f"{event.uid} {stamp:%Y%m%dT%H%M%SZ}")]
        categories = [text for each in component.all("CATEGORIES") for text in each.texts]
        people, description = self._people(event, composer.session_key(named, where))
        rooms = clean_line(component.text("LOCATION"))
        return Item(
            where,
            component.text("SUMMARY"),
            named,
            description=description,
            state=self._state(event),
            track=composer.gathering.track(composer.texts(where, "categories", categories[0] if categories else "")),
            room=self._room(where, rooms),
            people=people,
            starts_at=starts_at,
            ends_at=ends_at,
            length=length,
            links=[(each.value, each.parameters.get("LABEL", "")) for each in component.all("CONFERENCE")
                   if each.value.lower().startswith("http")],
            attachments=[(each.value, each.parameters.get("FILENAME", "")) for each in component.all("ATTACH")
                         if each.value.lower().startswith("http")],
            url=component.text("URL"),
        )  # fmt: skip

    def _state(self, event: _Event) -> str | None:
        status = event.component.text("STATUS").strip().upper()
        if self.takes_back or status in ("CANCELLED", "CANCELED"):
            return "cancelled"
        if event.component.text("CLASS").strip().upper() in ("PRIVATE", "CONFIDENTIAL"):
            message = N_("The calendar calls it private; it was taken as a proposal, which is never released.")
            self.remarks.quirk(event.where, "CLASS", message)
            return "proposed"
        return "proposed" if status == "TENTATIVE" else None

    def _room(self, where: str, written: str) -> str | None:
        """The room of a LOCATION; one that lists several rooms which stand alone elsewhere means the whole venue."""
        parts = [part for each in written.split(",") if (part := clean_line(each))]
        if len(parts) > 1 and all(part in self.places for part in parts):
            self.remarks.quirk(where, "LOCATION", N_("It is in several rooms; it was put in the whole venue."), written)
            return None
        return self.composer.gathering.room(self.composer.texts(where, "location", written))

    def _people(self, event: _Event, session: str) -> tuple[list[tuple[str, str]], str]:
        """The people named in the description's first lines, as in 'Speaker: …', and the description without these."""
        component, words = event.component, event.component.text("DESCRIPTION")
        formatted = next((each.text for each in component.all("STYLED-DESCRIPTION", "X-ALT-DESC")
                          if "html" in each.parameters.get("FMTTYPE", "").lower()), "")  # fmt: skip
        found: list[tuple[str, str]] = []
        while match := _PERSON.match(words):
            names = [match[2]] if self.is_ours else _names(match[2])
            found += [self._person(event.where, name, session, match[1]) for name in names]
            words = words[match.end() :]
        return found, clean_html(formatted) if formatted else words

    def _person(self, where: str, written: str, session: str, role: str) -> tuple[str, str]:
        """A name, with the affiliation that may stand behind it in brackets."""
        match = re.fullmatch(r"(.+?)\s*\(([^()]+(?:\([^()]*\))?)\)", written)
        name, affiliation = (match[1], match[2]) if match else (written, "")
        name = self.composer.cut(where, "person", name, MAX_NAME)
        identity = self.composer.gathering.speaker(name, number="", guid="", session=session, where=where)
        self.composer.gathering.profile(identity, biography={}, affiliation=affiliation[:MAX_NAME])
        return identity, role_of(role)


def _number(written: str) -> int:
    return int(written) if re.fullmatch(r"[0-9]{1,9}", written.strip()) else 0


def _names(line: str) -> list[str]:
    """The names in one line; a comma within brackets parts nothing."""
    parts = re.split(r"\s*[;,](?![^()]*\))\s*|\s+(?:and|&)\s+", line)
    return [name for part in parts if (name := clean_line(part))]
