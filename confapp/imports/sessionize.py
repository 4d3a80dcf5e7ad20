"""Reads Sessionize's JSON views (All, Sessions, Grid, with or without its newer names) into a plan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from confapp.domain.errors import N_, Invalid
from confapp.imports.composing import MAX_NAME, Composer, Item, Unusable
from confapp.imports.plan import Plan, Remarks
from confapp.imports.trees import Object, Tree, at, first, line, listed, objects, where_of, words
from confapp.imports.vocabulary import kind_of
from confapp.imports.whole import WHERE, Stated, conference_of
from confapp.imports.zones import settle_zone

SOURCE = "sessionize"
_SESSION = {"startsAt", "endsAt", "isServiceSession", "isPlenumSession", "roomId", "categoryItems", "questionAnswers"}
_TRACKS = ("track", "tracks", "stream")
_KINDS = ("session format", "format", "session type", "type")
_LANGUAGES = ("language", "session language")


def is_sessionize(tree: Tree) -> bool:
    """Whether a JSON tree is one of these views; an All view may be empty."""
    if (
        isinstance(tree, Mapping)
        and {"sessions", "speakers"} <= tree.keys()
        and {"categories", "questions"} & tree.keys()
    ):
        return True
    return any(_is_session(held) for _, held in objects(tree)) or _is_wall(tree)


def _is_session(held: Object) -> bool:
    return "title" in held and len(_SESSION & held.keys()) > 1


def _is_wall(tree: Tree) -> bool:
    """The Speakers view."""
    members = [each for each in listed(tree) if isinstance(each, Mapping)]
    return bool(members) and all("fullName" in each and "tagLine" in each for each in members)


def read_sessionize(tree: Tree, *, timezone: str | None, remarks: Remarks) -> Plan:
    """The plan of a view. Its times are local, without a zone. Raises Invalid naming `file` or `timezone`."""
    if _is_wall(tree):
        message = N_("This is Sessionize's view of speakers, which holds no sessions; take the view “All”.")
        raise Invalid({"file": [message]})
    return _Reader(tree, timezone, remarks).plan()


class _Reader:
    def __init__(self, tree: Tree, timezone: str | None, remarks: Remarks) -> None:
        self.tree, self.remarks = tree, remarks
        zone, _ = settle_zone(
            line(at(tree).get("timezone")), timezone, remarks, moments=(), field="timezone", where=WHERE
        )
        self.composer = Composer(remarks, zone)
        top = at(tree)
        self.rooms: dict[str, str | None] = {}
        for number, room in enumerate(listed(top.get("rooms"))):
            held = room if isinstance(room, Mapping) else {"name": room}
            self.rooms[line(held.get("id"))] = self._room(f"rooms[{number}]", held.get("name"))
        self.people = {line(each.get("id")): each for each in listed(top.get("speakers")) if isinstance(each, Mapping)}
        self.items: dict[str, tuple[str, Any]] = {
            line(item.get("id")): (line(category.get("title")).casefold(), item.get("name"))
            for category in listed(top.get("categories"))
            if isinstance(category, Mapping)
            for item in listed(category.get("items"))
            if isinstance(item, Mapping)
        }

    def plan(self) -> Plan:
        """Everything, in the order of the file.

        A session that stands under several rooms is taken once, and so is one of the grid, which tells each by room and
        by time.
        """
        taken: set[str] = set()
        for path, session in self._sessions():
            where = where_of(path, session.get("id"), session.get("title"))
            identity = line(session.get("id"))
            is_elsewhere = identity in taken and (session.get("isPlenumSession") is True or ".timeSlots[" in path)
            taken.add(identity)
            if is_elsewhere and identity:
                continue
            try:
                self.composer.take(self._item(where, session))
            except Unusable as fault:
                self.remarks.refuse(where, *fault.args)
        for number in self.people:
            self._person(f"speakers ({number})", number, "")
        make = conference_of(Stated(), timezone=self.composer.zone.key, remarks=self.remarks)
        return self.composer.gathering.plan(SOURCE, make)

    def _sessions(self) -> Iterator[tuple[str, Object]]:
        if isinstance(self.tree, Mapping) and "sessions" in self.tree:
            for number, each in enumerate(listed(self.tree["sessions"])):
                if isinstance(each, Mapping):
                    yield f"sessions[{number}]", each
                else:
                    path = where_of(f"sessions[{number}]")
                    self.remarks.refuse(path, "session", N_("This is no session."), words(each))
            return
        for path, held in objects(self.tree):
            if _is_session(held):
                yield path, held

    def _item(self, where: str, session: Object) -> Item:
        composer = self.composer
        named = [("id", session.get("id"))]
        told = dict(self._categories(session))
        people = [
            each
            for person in listed(session.get("speakers"))
            if (each := self._person(where, person, composer.session_key(named, where)))
        ]
        is_service = session.get("isServiceSession") is True
        title = session.get("title")
        kind = kind_of("", line(title), staffed=False) if is_service else None
        links = [(session.get(name), words_) for name, words_ in _LINKS if session.get(name)]
        state = session.get("status")
        return Item(
            where,
            title,
            named,
            abstract=session.get("description"),
            language=_of(told, _LANGUAGES),
            type=_of(told, _KINDS),
            kind="other" if kind == "talk" else kind,
            state="confirmed" if line(state).lower() == "accepted" and session.get("isConfirmed") is True else state,
            track=composer.gathering.track(composer.texts(where, "track", _of(told, _TRACKS))),
            room=self._room_of(where, session),
            people=people,
            starts_at=composer.moment("startsAt", session.get("startsAt")),
            ends_at=composer.moment("endsAt", session.get("endsAt")),
            links=links,
        )

    def _categories(self, session: Object) -> Iterator[tuple[str, Any]]:
        """Category and chosen item, as the All view (by number) and the others (in full) tell them."""
        for number in listed(session.get("categoryItems")):
            if line(number) in self.items:
                yield self.items[line(number)]
        for category in listed(session.get("categories")):
            if isinstance(category, Mapping):
                chosen = next(iter(listed(category.get("categoryItems"))), None)
                yield line(category.get("name")).casefold(), at(chosen).get("name")

    def _room_of(self, where: str, session: Object) -> str | None:
        number, name = line(session.get("roomId")), line(session.get("room"))
        if number in self.rooms:
            return self.rooms[number]
        if number and not name:
            self.remarks.quirk(where, "roomId", N_("The file lists no such room; it was passed over."), number)
        return self._room(where, name)

    def _room(self, where: str, name: Any) -> str | None:
        return self.composer.gathering.room(self.composer.texts(where, "room", name))

    def _person(self, where: str, person: Any, session: str) -> tuple[str, str] | None:
        held = person if isinstance(person, Mapping) else self.people.get(line(person), {"id": person})
        held = self.people.get(line(held.get("id")), held)
        composer = self.composer
        parts = " ".join(filter(None, (line(held.get("firstName")), line(held.get("lastName")))))
        name = composer.cut(where, "person", line(first(held, "fullName", "name")) or parts, MAX_NAME)
        number = line(held.get("id"))
        if not name:
            self.remarks.quirk(where, "person", N_("A person without a name was left out."), number)
            return None
        identity = composer.gathering.speaker(name, number="", guid=number, session=session or where, where=where)
        composer.gathering.profile(
            identity,
            biography=composer.markup(where, "bio", held.get("bio")),
            affiliation=composer.cut(where, "tagLine", line(held.get("tagLine")), MAX_NAME),
        )
        return identity, "speaker"


_LINKS = (("liveUrl", N_("Live stream")), ("recordingUrl", N_("Recording")))


def _of(told: Mapping[str, Any], names: tuple[str, ...]) -> Any:
    return next((told[name] for name in names if name in told), None)
