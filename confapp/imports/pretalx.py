"""Reads what pretalx's API answers (submissions, talks, slots, schedules, and dumps of them) into a plan.

Real files nest these objects in many ways: pages of results, days over minutes over rooms, slots that hold a submission
or a submission that holds slots. So sessions are recognised by their own fields wherever they stand.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from confapp.domain.cleaning import clean_markdown
from confapp.domain.errors import N_
from confapp.imports import times
from confapp.imports.composing import MAX_NAME, Composer, Item, Moment, Unusable
from confapp.imports.plan import Plan, Remarks
from confapp.imports.trees import Object, Tree, at, first, line, listed, number_of, objects, where_of
from confapp.imports.whole import WHERE, Stated, conference_of
from confapp.imports.zones import settle_zone

SOURCE = "pretalx"
_TALK = ({"submission_type", "slot", "slots", "content_locale", "do_not_record"}, {"speakers", "state", "abstract"})
_SECTIONS = ("schedule", "slots", "talks", "submissions", "results", "sessions")
"""Where sessions stand, the first that has any: what stands beside it (sprints, reviews) is told of and left out."""


def is_pretalx(tree: Tree) -> bool:
    """Whether a JSON tree holds what this API answers."""
    return any(_is_talk(held) or _is_slot(held) for _, held in objects(tree))


def _is_talk(held: Object) -> bool:
    strong, weak = _TALK
    return "title" in held and "code" in held and bool(strong & held.keys() or weak <= held.keys())


def _is_slot(held: Object) -> bool:
    """A slot around a submission, or a talk of the public schedule's widget."""
    if "start" not in held or "room" not in held:
        return False
    return "submission" in held or ("title" in held and "code" in held)


def _is_break(held: Object) -> bool:
    """A slot that holds words alone, as breaks do beside talks."""
    return {"start", "end", "room"} <= held.keys() and bool({"title", "description"} & held.keys())


def read_pretalx(tree: Tree, *, timezone: str | None, remarks: Remarks) -> Plan:
    """The plan of an answer of the API. Raises Invalid naming `file` or `timezone`."""
    return _Reader(tree, timezone, remarks).plan()


class _Reader:
    def __init__(self, tree: Tree, timezone: str | None, remarks: Remarks) -> None:
        self.tree, self.remarks = tree, remarks
        self.event = at(tree, "event") or at(tree)
        zone, _ = settle_zone(
            line(first(self.event, "timezone") or at(tree).get("timezone")),
            timezone,
            remarks,
            moments=_aware(tree),
            field="timezone",
            where=WHERE,
        )
        self.composer = Composer(remarks, zone, clean=clean_markdown)
        self.rooms: dict[str, str | None] = {}
        self.tracks: dict[str, str | None] = {}
        self.kinds = {line(each.get("id")): each.get("name") for each in self._listed("submission_types", "types")}
        self.people = {line(each.get("code")): each for each in self._listed("speakers") if line(each.get("code"))}
        self.talks = {
            line(each.get("code")): each for each in self._listed("submissions", "talks") if line(each.get("code"))
        }

    def _listed(self, *names: str) -> Iterator[Object]:
        """The objects under one of these names at the top."""
        for name in names:
            held = at(self.tree).get(name)
            values = held.values() if isinstance(held, Mapping) else listed(held)
            yield from (each for each in values if isinstance(each, Mapping))

    def plan(self) -> Plan:
        """Everything, in the order of the file."""
        for room in self._listed("rooms"):
            self.rooms[line(room.get("id"))] = self._room("rooms", room)
        for track in self._listed("tracks"):
            self.tracks[line(track.get("id"))] = self._track("tracks", track)
        taken: set[tuple[str, str]] = set()
        for path, talk, slot in self._sessions():
            where = where_of(path, talk.get("code"), talk.get("title"))
            identity = (line(talk.get("code")), line(first(slot, "start")))
            if identity[0] and identity in taken:
                continue
            taken.add(identity)
            try:
                self.composer.take(self._item(where, talk, slot))
            except Unusable as fault:
                self.remarks.refuse(where, *fault.args)
        for code, person in self.people.items():
            self._person(f"speakers.{code}", person, "")
        stated = Stated(
            title=self.composer.texts(WHERE, "title", self.event.get("name")),
            acronym=line(self.event.get("slug")),
            starts_on=times.read_date(line(first(self.event, "date_from", "event_start"))),
            ends_on=times.read_date(line(first(self.event, "date_to", "event_end"))),
        )
        make = conference_of(stated, timezone=self.composer.zone.key, remarks=self.remarks)
        return self.composer.gathering.plan(SOURCE, make)

    def _sessions(self) -> Iterator[tuple[str, Object, Object]]:
        """Path, submission and slot ({} for none) of each session."""
        section = next(
            (name for name in _SECTIONS if name in at(self.tree) and any(self._found(at(self.tree)[name], name))), None
        )
        if section is None:
            yield from self._found(self.tree, "")
            return
        here = {line(talk.get("code")) for _, talk, _ in self._found(at(self.tree)[section], section)}
        yield from self._found(at(self.tree)[section], section)
        if section != "breaks":
            yield from self._found(at(self.tree).get("breaks"), "breaks")
        for name, held in at(self.tree).items():
            others = {line(talk.get("code")) for _, talk, _ in self._found(held, name)} - here - {""}
            if name != section and others and name not in ("speakers", "rooms", "tracks"):
                message = N_("These sessions stand outside the schedule; they were left out.")
                self.remarks.warn(where_of(name), "sessions", message, str(len(others)))

    def _found(self, tree: Tree, path: str) -> Iterator[tuple[str, Object, Object]]:
        inside: set[int] = set()
        for place, held in objects(tree, path):
            if id(held) in inside:
                continue
            if _is_slot(held) or (not _is_talk(held) and _is_break(held)):
                talk = held.get("submission")
                inside |= {id(each) for _, each in objects(held)}
                if isinstance(talk, Mapping):
                    yield place, talk, held
                elif talk:
                    yield place, self.talks.get(line(talk), {"code": talk, **held}), held
                elif "code" in held and held.get("code"):
                    yield place, held, held
                else:  # a break stands in a slot without a submission
                    title = first(held, "title", "description")
                    yield place, {"title": title, "submission_type": "break", "id": held.get("id")}, held
            elif _is_talk(held):
                inside |= {id(each) for _, each in objects(held)}
                slots = [each for each in [held.get("slot"), *listed(held.get("slots"))] if isinstance(each, Mapping)]
                placed = [slot for slot in slots if first(slot, "start")]
                for slot in placed or [{}]:
                    yield place, held, slot

    def _item(self, where: str, talk: Object, slot: Object) -> Item:
        composer = self.composer
        named = [("guid", talk.get("guid")), ("code", talk.get("code")), ("id", talk.get("id"))]
        if len([each for each in listed(talk.get("slots")) if isinstance(each, Mapping)]) > 1:
            named = [("id", slot.get("id")), *named]
        kind = first(talk, "submission_type", "session_type", "type")
        people = [
            each
            for person in listed(talk.get("speakers"))
            if (each := self._person(where, person, composer.session_key(named, where)))
        ]
        return Item(
            where,
            talk.get("title"),
            named,
            abstract=talk.get("abstract"),
            description=talk.get("description") if talk is not slot or talk.get("abstract") else None,
            language=first(talk, "content_locale", "language"),
            type=self.kinds.get(line(kind), kind) if line(kind).isdecimal() else kind,
            state=talk.get("state"),
            track=self._track_of(where, talk.get("track")),
            room=self._room_of(where, slot),
            people=people,
            starts_at=self._moment(slot.get("start")),
            ends_at=self._moment(slot.get("end")),
            length=self._length(talk) if not first(slot, "end") else None,
            links=[(each.get("resource"), each.get("description")) for each in _objects(talk.get("resources"))],
            recording_optout=_truth(talk.get("do_not_record")),
            url=at(talk, "urls").get("public"),
        )

    def _moment(self, value: Any) -> Moment:
        return self.composer.moment("start", value)

    def _length(self, talk: Object) -> dt.timedelta | None:
        return times.read_duration(line(talk.get("duration"))) if line(talk.get("duration")) else None

    def _person(self, where: str, person: Any, session: str) -> tuple[str, str] | None:
        held = person if isinstance(person, Mapping) else self.people.get(line(person), {"code": person})
        held = {**self.people.get(line(held.get("code")), {}), **held}
        composer = self.composer
        name = composer.cut(where, "person", line(first(held, "name", "public_name", "fullname")), MAX_NAME)
        code = line(held.get("code"))
        if not name:
            message = N_("A person without a name was left out.")
            self.remarks.quirk(where, "person", message, code or line(person))
            return None
        identity = composer.gathering.speaker(name, number="", guid=code, session=session, where=where)
        composer.gathering.profile(
            identity,
            biography=composer.markup(where, "biography", held.get("biography")),
            email=line(held.get("email")),
        )
        return identity, "speaker"

    def _room_of(self, where: str, slot: Object) -> str | None:
        room, number = slot.get("room"), line(slot.get("room_id"))
        if number in self.rooms and number:
            return self.rooms[number]
        if isinstance(room, Mapping):
            return self._room(where, room if "name" in room else {"name": room})
        if line(room) in self.rooms:
            return self.rooms[line(room)]
        return None if self._is_number(where, "room", room) else self._room(where, {"name": room})

    def _room(self, where: str, room: Object) -> str | None:
        return self.composer.gathering.room(
            self.composer.texts(where, "room", room.get("name")),
            guid=line(room.get("guid")),
            capacity=number_of(room.get("capacity")),
        )

    def _track_of(self, where: str, track: Any) -> str | None:
        if isinstance(track, Mapping):
            return self._track(where, track if "name" in track else {"name": track})
        if line(track) in self.tracks:
            return self.tracks[line(track)]
        return None if self._is_number(where, "track", track) else self._track(where, {"name": track})

    def _is_number(self, where: str, field: str, value: Any) -> bool:
        """Whether a name is none but the number of something that the file does not hold."""
        is_number = isinstance(value, int) and not isinstance(value, bool)
        if is_number:
            message = N_("The file gives its number alone and no name; it was left out.")
            self.remarks.quirk(where, field, message, str(value))
        return is_number

    def _track(self, where: str, track: Object) -> str | None:
        return self.composer.gathering.track(self.composer.texts(where, "track", track.get("name")))


def _objects(held: Any) -> Iterator[Object]:
    return (each for each in listed(held) if isinstance(each, Mapping))


def _truth(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


def _aware(tree: Tree) -> Iterator[dt.datetime]:
    for _, held in objects(tree):
        moment = times.read_moment(line(held.get("start"))) if isinstance(held.get("start"), str) else None
        if isinstance(moment, dt.datetime):
            yield moment
