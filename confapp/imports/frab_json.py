"""Reads the voc/schedule format as JSON (frab's and pretalx's schedule.json) into a plan, liberally.

It says what schedule.xml says, so both are one source: a programme may come as XML today and as JSON tomorrow.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from typing import Any

from confapp.domain.cleaning import clean_html, clean_markdown, web_address
from confapp.domain.errors import N_
from confapp.domain.texts import Texts
from confapp.imports import times
from confapp.imports.composing import MAX_NAME, Composer, Item, Unusable
from confapp.imports.frab import MARKDOWN_WRITERS, OURS, SOURCE
from confapp.imports.plan import Plan, Remarks
from confapp.imports.trees import Object, Tree, at, first, line, listed, number_of, objects, rows, where_of, words
from confapp.imports.vocabulary import country_of, role_of
from confapp.imports.whole import WHERE, Stated, conference_of
from confapp.imports.zones import settle_zone

_EVENT_NAMES = ("title", "duration", "start", "date", "guid", "persons")
_LATEST_DAY_CHANGE = dt.time(12)


def is_frab(tree: Tree) -> bool:
    """Whether a JSON tree is in this format."""
    return bool(_conference(tree))


def _conference(tree: Tree) -> Object:
    for held in (at(tree, "schedule", "conference"), at(tree, "conference"), at(tree, "schedule")):
        if "days" in held and (isinstance(held["days"], list | dict)):
            return held
    return {}


def read_frab_json(tree: Tree, *, timezone: str | None, remarks: Remarks) -> Plan:
    """The plan of a schedule.json. `timezone` as for `read_frab`. Raises Invalid naming `file` or `timezone`."""
    return _Reader(tree, timezone, remarks).plan()


class _Reader:
    def __init__(self, tree: Tree, timezone: str | None, remarks: Remarks) -> None:
        self.tree, self.remarks = tree, remarks
        self.conference = _conference(tree)
        self.zone, self.zone_is_the_files = settle_zone(
            line(
                first(self.conference, "time_zone_name", "timezone")
                or at(self.conference, "meta", OURS).get("timezone")
            ),
            timezone,
            remarks,
            moments=_aware(self.conference),
            field="time_zone_name",
            where=WHERE,
        )
        self.days = [(f"days[{n}]", day) for n, (_, day) in enumerate(rows(self.conference, "days"))]
        base = web_address(line(first(at(tree, "schedule"), "base_url") or self.conference.get("base_url")))
        writer = line(first(at(tree, "generator"), "name") or at(tree, "schedule", "generator").get("name")).lower()
        self.is_ours = writer == OURS
        self.composer = Composer(
            remarks,
            self.zone,
            day_change=self._day_change(),
            base=base,
            clean=clean_markdown if writer in MARKDOWN_WRITERS else clean_html,
        )
        self.meta = at(self.conference, "meta", OURS)
        self.whole_venue = line(self.meta.get("whole_venue"))

    def plan(self) -> Plan:
        """Everything, in the order of the file."""
        composer = self.composer
        for _, track in rows(self.conference, "tracks"):
            self._track(track)
        for path, room in rows(self.conference, "rooms"):
            held = room if isinstance(room, Mapping) else {"name": room}
            composer.gathering.room(
                self._named(path, "room", held.get("name")),
                guid=line(held.get("guid")),
                capacity=number_of(held.get("capacity")),
            )
        for path, day, room, event in self._events():
            where = where_of(path, event.get("id"), event.get("guid"), event.get("code"))
            try:
                composer.take(self._item(where, day, room, event))
            except Unusable as fault:
                self.remarks.refuse(where, *fault.args)
        return composer.gathering.plan(OURS if self.is_ours else SOURCE, self._conference_of())

    def _named(self, where: str, field: str, name: Any) -> Texts:
        """A room's or track's name, in all its languages where our own export tells them."""
        told = at(self.meta, f"{field}s").get(line(name))
        return self.composer.texts(where, field, told if isinstance(told, Mapping) else name)

    def _conference_of(self) -> Any:
        stated = Stated(
            title=self.composer.texts(WHERE, "title", self.meta.get("title") or self.conference.get("title")),
            acronym=line(self.conference.get("acronym")),
            starts_on=times.read_date(line(self.conference.get("start"))),
            ends_on=times.read_date(line(self.conference.get("end"))),
            days=number_of(self.conference.get("daysCount")),
            url=self.composer.address(WHERE, "url", self.conference.get("url")) or self.composer.base,
            venue=line(self.conference.get("venue")),
            city=line(self.meta.get("city") or self.conference.get("city")),
        )
        return conference_of(stated, timezone=self.zone.key, remarks=self.remarks, day_change=self.composer.day_change)

    def _day_change(self) -> dt.time:
        changes = [
            times.end_after_midnight(line(day.get("day_start")), line(day.get("day_end")), self.zone)
            for _, day in self.days
            if isinstance(day, Mapping)
        ]
        return min(max((change for change in changes if change), default=dt.time(0)), _LATEST_DAY_CHANGE)

    def _events(self) -> Iterator[tuple[str, Object, str, Object]]:
        """Path, day, room's name and event."""
        for path, day in self.days:
            if not isinstance(day, Mapping):
                self.remarks.refuse(where_of(path), "days", N_("This is no day of a schedule."), words(day))
                continue
            for name, events in [*_rooms_of(day.get("rooms")), ("", day.get("events"))]:
                if name and name != self.whole_venue:
                    self.composer.gathering.room(self._named(path, "room", name))
                for number, event in enumerate(listed(events)):
                    inner = f"{path}.rooms.{name}[{number}]" if name else f"{path}.events[{number}]"
                    if isinstance(event, Mapping):
                        yield inner, day, name, event
                    else:
                        self.remarks.refuse(where_of(inner), "event", N_("This is no event."), words(event))

    def _item(self, where: str, day: Object, room: str, event: Object) -> Item:
        named = [(kind, event.get(kind)) for kind in ("guid", "code", "id", "slug")]
        starts_at = self._starts_at(where, day, event)
        composer = self.composer
        extra = at(self.meta, "events", line(event.get("guid")))
        people = [
            each
            for person in listed(first(event, "persons", "speakers"))
            if (each := self._person(where, person, composer.session_key(named, where)))
        ]
        said = line(event.get("room"))
        if room and said and said.casefold() != room.strip().casefold():
            message = N_("The event stands under another room than it names; the one above it, %(room)s, was taken.",
                         room=room)  # fmt: skip
            self.remarks.warn(where, "room", message, said)
        optout = event.get("do_not_record")
        return Item(
            where,
            extra.get("title") or event.get("title"),
            named,
            subtitle=extra.get("subtitle") or event.get("subtitle"),
            abstract=extra.get("abstract") or event.get("abstract"),
            description=extra.get("description") or event.get("description"),
            language=event.get("language"),
            type=event.get("type"),
            state="cancelled"
            if True in (event.get("cancelled"), event.get("canceled"))
            else first(event, "state", "status"),
            track=self._track(event.get("track")),
            room=None
            if room and room == self.whole_venue
            else composer.gathering.room(self._named(where, "room", room or said)),
            people=people,
            starts_at=starts_at,
            ends_at=None,
            length=self._length(event, starts_at),
            links=_references(event.get("links")),
            attachments=_references(event.get("attachments")),
            recording_licence=event.get("recording_license"),
            recording_optout=optout if isinstance(optout, bool) and extra.get("recorded", True) is not None else None,
            url=event.get("url"),
        )

    def _starts_at(self, where: str, day: Object, event: Object) -> dt.datetime | None:
        clock = line(event.get("start"))
        start = times.read_clock(clock)
        moment = self.composer.moment("date", event.get("date"))
        if moment is None and start is None and clock:
            moment = self.composer.moment("start", clock)
        if isinstance(moment, dt.datetime):
            settled = times.settle(moment, start, self.zone, zone_is_the_files=self.zone_is_the_files)
        elif start is None:
            return None
        else:
            date = moment
            if date is None:
                date = times.read_date(line(first(day, "date", "day_start")))
                if date is None:
                    raise Unusable("date", N_("Neither the event nor its day has a date."), clock)
                # The small hours stand under the day whose evening they end.
                date += dt.timedelta(days=1 if start < self.composer.day_change else 0)
            settled = times.at_clock(dt.datetime.combine(date, start), self.zone)
        if settled.quirk:
            self.remarks.quirk(where, "date", settled.quirk, f"{line(event.get('date'))} {clock}".strip())
        return settled.moment

    def _length(self, event: Object, starts_at: dt.datetime | None) -> dt.timedelta | None:
        written = line(event.get("duration"))
        length = times.read_duration(written) if written else None
        if written and length is None:
            raise Unusable("duration", N_("This is not a duration (HH:MM)."), written)
        if length is None and starts_at is not None:
            ends_at = self.composer.moment("end", event.get("end"))
            if isinstance(ends_at, dt.datetime):
                length = (ends_at if ends_at.tzinfo else ends_at.replace(tzinfo=self.zone)) - starts_at
                if length < dt.timedelta(0):
                    raise Unusable("end", N_("It ends before it starts."), ends_at.isoformat())
        return length

    def _person(self, where: str, person: Any, session: str) -> tuple[str, str] | None:
        held = person if isinstance(person, Mapping) else {"name": person}
        composer = self.composer
        name = composer.cut(where, "person", line(first(held, "public_name", "name", "full_public_name")), MAX_NAME)
        number, guid = line(held.get("id")), line(first(held, "guid", "code"))
        if not name:
            self.remarks.warn(where, "person", N_("A person without a name was left out."), number or guid)
            return None
        identity = composer.gathering.speaker(name, number=number, guid=guid, session=session, where=where)
        composer.gathering.profile(
            identity,
            biography=composer.markup(where, "biography", first(held, "biography", "abstract")),
            affiliation=line(held.get("affiliation"))[:MAX_NAME],
            country=country_of(line(held.get("country"))),
        )
        return identity, role_of(line(first(held, "role", "type")))

    def _track(self, track: Any) -> str | None:
        held = track if isinstance(track, Mapping) else {"name": track}
        colour = line(held.get("color")).lower()
        return self.composer.gathering.track(
            self._named(WHERE, "track", held.get("name")),
            slug=line(held.get("slug")),
            colour=colour if re.fullmatch(r"#[0-9a-f]{6}", colour) else None,
        )


def _rooms_of(held: Any) -> Iterator[tuple[str, Any]]:
    """Room's name and events, of an object by name or a list of objects."""
    if isinstance(held, Mapping):
        yield from held.items()
        return
    for room in listed(held):
        yield line(first(at(room), "name", "room")), first(at(room), "events", "talks")


def _references(held: Any) -> list[tuple[Any, Any]]:
    """Address and title of links, which are objects or bare addresses."""
    return [
        (first(each, "url", "href"), first(each, "title", "name", "type")) if isinstance(each, Mapping) else (each, "")
        for each in listed(held)
    ]


def _aware(conference: Object) -> Iterator[dt.datetime]:
    for _, held in objects(conference.get("days")):
        moment = times.read_moment(line(held.get("date")))
        if isinstance(moment, dt.datetime):
            yield moment
