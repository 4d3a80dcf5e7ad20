"""Reads Open Event's export (event, sessions, speakers, microlocations and tracks as JSON files) into a plan.

Names are read in snake_case, in kebab-case and as JSON:API; sessions alone are read too.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from typing import Any

from confapp.domain.errors import N_
from confapp.imports import times
from confapp.imports.composing import MAX_NAME, Composer, Item, Unusable
from confapp.imports.plan import Plan, Remarks
from confapp.imports.trees import Object, Tree, at, first, line, listed, number_of, where_of, words
from confapp.imports.vocabulary import country_of, role_of
from confapp.imports.whole import WHERE, Stated, conference_of
from confapp.imports.zones import settle_zone

SOURCE = "openevent"
PARTS = ("event", "sessions", "speakers", "microlocations", "tracks", "session_types")
"""The files of an export that are read; the others (sponsors, forms, media) say nothing of the programme."""
_SESSION = {"microlocation", "short_abstract", "long_abstract", "session_type", "start_time", "starts_at"}
_OURS = {"event": "event", "session": "sessions", "speaker": "speakers", "microlocation": "microlocations"}


def is_open_event(parts: Mapping[str, Tree]) -> bool:
    """Whether JSON trees, by the stem of their files' names, are such an export or its sessions."""
    return any(True for _ in _sessions(parts))


def _sessions(parts: Mapping[str, Tree]) -> Iterator[Object]:
    for _, held in _rows(parts, "sessions"):
        if "title" in held and len(_SESSION & held.keys()) > 1:
            yield held


def _rows(parts: Mapping[str, Tree], name: str) -> Iterator[tuple[str, Object]]:
    """The objects of one part with their paths: a file of its own, a list in a common file, or JSON:API's data."""
    for stem, tree in parts.items():
        held = tree if stem == name or (len(parts) == 1 and name == "sessions" and isinstance(tree, list)) else None
        if held is None and isinstance(tree, Mapping) and stem not in PARTS:
            held = tree.get(name) or tree.get(name.replace("_", "-"))
        if isinstance(tree, Mapping) and "data" in tree:
            data = [*listed(tree.get("data")), *listed(tree.get("included"))]
            wanted = {kind for kind, part in _OURS.items() if part == name} | {name.replace("_", "-").rstrip("s")}
            held = [each for each in data if isinstance(each, Mapping) and line(each.get("type")).rstrip("s") in wanted]
        for number, each in enumerate(listed(held)):
            if isinstance(each, Mapping):
                yield f"{name}[{number}]", _flat(each)
            elif each is not None:
                yield f"{name}[{number}]", {"title": None, "_odd": each}


def _flat(held: Object) -> Object:
    """An object with snake_case names; JSON:API's attributes and relationships among them."""
    flat = {name.replace("-", "_"): value for name, value in held.items()}
    for name, value in at(held, "attributes").items():
        flat[name.replace("-", "_")] = value
    for name, value in at(held, "relationships").items():
        if isinstance(value, Mapping) and value.get("data") is not None:
            flat[name.replace("-", "_")] = value["data"]
    return flat


def read_open_event(parts: Mapping[str, Tree], *, timezone: str | None, remarks: Remarks) -> Plan:
    """The plan of an export, its trees by the stem of their files' names. Raises Invalid."""
    return _Reader(parts, timezone, remarks).plan()


class _Reader:
    def __init__(self, parts: Mapping[str, Tree], timezone: str | None, remarks: Remarks) -> None:
        self.parts, self.remarks = parts, remarks
        self.event = next((held for _, held in _rows(parts, "event")), {})
        zone, _ = settle_zone(
            line(self.event.get("timezone")),
            timezone,
            remarks,
            moments=_aware(parts),
            field="timezone",
            where=WHERE,
        )
        self.composer = Composer(remarks, zone)
        self.rooms: dict[str, str | None] = {}
        self.tracks: dict[str, str | None] = {}
        self.people: dict[str, tuple[str, Object]] = {}
        self.kinds = {line(each.get("id")): each.get("name") for _, each in _rows(parts, "session_types")}

    def plan(self) -> Plan:
        """Everything, in the order of the files."""
        composer = self.composer
        for path, room in _rows(self.parts, "microlocations"):
            self.rooms[line(room.get("id"))] = self._room(path, room)
        for path, track in _rows(self.parts, "tracks"):
            self.tracks[line(track.get("id"))] = self._track(path, track)
        for path, person in _rows(self.parts, "speakers"):
            self.people[line(person.get("id"))] = (path, person)
        for path, session in _rows(self.parts, "sessions"):
            where = where_of(path, session.get("id"), session.get("title"))
            try:
                if "_odd" in session:
                    raise Unusable("session", N_("This is no session."), words(session["_odd"]))
                composer.take(self._item(where, session))
            except Unusable as fault:
                self.remarks.refuse(where, *fault.args)
        for path, person in self.people.values():
            self._person(path, person, "")
        stated = Stated(
            title=composer.texts(WHERE, "title", first(self.event, "name", "title")),
            acronym=line(self.event.get("identifier")),
            starts_on=times.read_date(line(first(self.event, "starts_at", "start_time"))),
            ends_on=times.read_date(line(first(self.event, "ends_at", "end_time"))),
            url=composer.address(WHERE, "url", first(self.event, "external_event_url", "event_url")),
            venue=line(self.event.get("location_name")),
        )
        make = conference_of(stated, timezone=composer.zone.key, remarks=self.remarks)
        return composer.gathering.plan(SOURCE, make)

    def _item(self, where: str, session: Object) -> Item:
        composer = self.composer
        named = [("id", session.get("id"))]
        kind = session.get("session_type")
        people = [
            each
            for role, held in (("", "speakers"), ("moderator", "moderators"))
            for person in listed(session.get(held))
            if (each := self._person(where, person, composer.session_key(named, where), role))
        ]
        files = [(session.get(name), N_(title)) for name, title in _FILES.items() if session.get(name)]
        return Item(
            where,
            session.get("title"),
            named,
            subtitle=session.get("subtitle"),
            abstract=first(session, "short_abstract", "abstract"),
            description=first(session, "long_abstract", "description"),
            language=session.get("language"),
            type=self.kinds.get(line(at(kind).get("id")), kind) if isinstance(kind, Mapping) else kind,
            state=session.get("state"),
            default_state="proposed",
            track=self._listed(where, session.get("track"), self.tracks, self._track),
            room=self._listed(where, session.get("microlocation"), self.rooms, self._room),
            people=people,
            starts_at=composer.moment("start_time", first(session, "starts_at", "start_time")),
            ends_at=composer.moment("end_time", first(session, "ends_at", "end_time")),
            links=[(session.get("signup_url"), N_("Sign-up"))] if session.get("signup_url") else [],
            attachments=files,
        )

    def _listed(self, where: str, held: Any, known: Mapping[str, str | None], make: Any) -> str | None:
        """The room or track that a session points to: by its number where it is listed, else by its name."""
        number = line(at(held).get("id")) if isinstance(held, Mapping) else line(held)
        if number in known:
            return known[number]
        found: str | None = make(where, held if isinstance(held, Mapping) else {"name": held})
        return found

    def _room(self, where: str, room: Object) -> str | None:
        name = self.composer.texts(where, "room", room.get("name"))
        return self.composer.gathering.room(name, capacity=number_of(room.get("capacity")))

    def _track(self, where: str, track: Object) -> str | None:
        colour = line(track.get("color")).lower()
        return self.composer.gathering.track(
            self.composer.texts(where, "track", track.get("name")),
            colour=colour if re.fullmatch(r"#[0-9a-f]{6}", colour) else None,
        )

    def _person(self, where: str, person: Any, session: str, role: str = "") -> tuple[str, str] | None:
        held = _flat(person) if isinstance(person, Mapping) else {"name": person}
        number = line(held.get("id"))
        _, listed_as = self.people.get(number, ("", {}))
        # A number alone proves nothing: what the session says of the name must be what the list says, if it says it.
        if not line(held.get("name")) or line(held.get("name")) == line(listed_as.get("name")):
            held = {**held, **{name: value for name, value in listed_as.items() if value not in (None, "")}}
        composer = self.composer
        name = composer.cut(where, "person", line(held.get("name")), MAX_NAME)
        if not name:
            self.remarks.quirk(where, "person", N_("A person without a name was left out."), number)
            return None
        identity = composer.gathering.speaker(name, number=number, guid="", session=session or where, where=where)
        role_words = ", ".join(filter(None, (line(held.get("position")), line(held.get("organisation")))))
        composer.gathering.profile(
            identity,
            biography=composer.markup(where, "biography", first(held, "long_biography", "short_biography")),
            affiliation=composer.cut(where, "organisation", role_words, MAX_NAME),
            country=country_of(line(held.get("country"))),
            email=line(held.get("email")),
        )
        return identity, role_of(role)


_FILES = {"slides": "Slides", "slides_url": "Slides", "video": "Video", "video_url": "Video", "audio": "Audio"}


def _aware(parts: Mapping[str, Tree]) -> Iterator[dt.datetime]:
    for session in _sessions(parts):
        moment = times.read_moment(line(first(session, "starts_at", "start_time")))
        if isinstance(moment, dt.datetime):
            yield moment
