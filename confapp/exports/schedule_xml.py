"""The agenda as schedule.xml, valid against the voc/schedule XSD. What it has no place for, schedule.json carries."""

from __future__ import annotations

from lxml import etree

from confapp.domain.agenda import Agenda, Session, Track
from confapp.exports.exchange import COLOURS, GENERATOR, TIMESLOT, Day, Event, Exchange
from confapp.exports.prose import line
from confapp.exports.wording import Translate, Voice, agenda_url, conference_url

Element = etree._Element


def schedule_xml(agenda: Agenda, *, base_url: str, language: str, translate: Translate = str) -> bytes:
    """The file's bytes, UTF-8. Cancelled entries are left out; equal arguments give equal bytes."""
    seen = Exchange(agenda, base_url, Voice(agenda.conference, language, translate))
    root = etree.Element("schedule")
    etree.SubElement(root, "generator", name=GENERATOR)
    if address := agenda_url(agenda, base_url, "xml"):
        _add(root, "url", address)
    _add(root, "version", str(agenda.release))
    _conference(root, seen)
    for day in seen.days():
        _day(root, day, seen)
    etree.indent(root)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True) + b"\n"


def _add(parent: Element, element: str, words: str, /, **attributes: str) -> Element:
    made = etree.SubElement(parent, element, attributes)
    made.text = words or None
    return made


def _conference(root: Element, seen: Exchange) -> None:
    facts = seen.facts
    made = etree.SubElement(root, "conference")
    _add(made, "title", seen.voice.words(facts.title) or facts.slug)
    _add(made, "acronym", seen.acronym)
    _add(made, "start", facts.starts_on.isoformat())
    _add(made, "end", facts.ends_on.isoformat())
    _add(made, "days", str(len(seen.agenda.days) or 1))
    _add(made, "timeslot_duration", TIMESLOT)
    _add(made, "base_url", conference_url(facts, seen.base_url))
    _add(made, "url", conference_url(facts, seen.base_url))
    _add(made, "time_zone_name", facts.timezone)
    for track in seen.agenda.tracks:
        attributes = {"name": _track(track, seen), "color": COLOURS[(track.colour - 1) % len(COLOURS)]}
        slug = seen.track_slug(track.slug)
        _add(made, "track", "", **attributes, **({"slug": slug} if slug else {}))


def _track(track: Track, seen: Exchange) -> str:
    return seen.voice.words(track.name) or track.slug


def _day(root: Element, day: Day, seen: Exchange) -> None:
    made = etree.SubElement(root, "day", index=str(day.index), date=day.date.isoformat(),
                            start=day.starts_at.isoformat(), end=day.ends_at.isoformat())  # fmt: skip
    guids = {seen.room_names[room.code]: str(room.uuid) for room in seen.agenda.rooms}
    for name, events in day.rooms.items():
        room = _add(made, "room", "", name=name, **({"guid": guids[name]} if name in guids else {}))
        for event in events:
            _event(room, event, seen)


def _event(room: Element, event: Event, seen: Exchange) -> None:
    entry, session = event.entry, event.entry.session
    code = {"code": event.code} if event.code else {}
    made = _add(room, "event", "", guid=str(entry.uuid), id=str(entry.number), **code)
    _add(made, "room", event.room)
    _add(made, "title", seen.title(event))
    _add(made, "subtitle", seen.voice.words(session.subtitle))
    _add(made, "type", session.kind)
    _add(made, "date", event.starts_at.isoformat())
    _add(made, "start", event.starts_at.strftime("%H:%M"))
    _add(made, "duration", event.duration)
    _add(made, "abstract", seen.html(session.abstract))
    _add(made, "slug", event.slug)
    _add(made, "track", _track(session.track, seen) if session.track else "")
    if session.language:
        _add(made, "language", session.language)
    _add(made, "description", seen.html(session.description))
    _add(made, "url", event.url)
    _people(made, session)
    if session.is_recorded is not None:
        recording = etree.SubElement(made, "recording")
        _add(recording, "license", "")
        _add(recording, "optout", "false" if session.is_recorded else "true")
    for parent, name, is_attachment in (("links", "link", False), ("attachments", "attachment", True)):
        held = etree.SubElement(made, parent)
        for link in session.links:
            if link.is_attachment == is_attachment:
                _add(held, name, line(link.title), href=line(link.url))


def _people(made: Element, session: Session) -> None:
    held = etree.SubElement(made, "persons")
    for part in session.parts:
        _add(held, "person", line(part.person.name), id=str(part.person.number), guid=str(part.person.uuid))
