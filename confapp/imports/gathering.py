"""Gathers what a file names while it is read, and settles at the end by which keys each thing is recognised again."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Generic, TypeVar

from confapp.domain.errors import N_
from confapp.domain.texts import Texts
from confapp.imports.plan import (
    Plan,
    Planned,
    PlannedConference,
    PlannedRoom,
    PlannedSession,
    PlannedSpeaker,
    PlannedTrack,
    Remarks,
    key,
    unshared,
)

Thing = TypeVar("Thing", bound=Planned)

_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")
_LONGEST_ADDRESS = 254
_STATED = ("guid", "code", "id")
"""Kinds of key that a file states as unique; the others are made here."""


@dataclass
class _Shelf(Generic[Thing]):
    """Things of one kind, by a provisional key that is unique in the file."""

    things: dict[str, Thing] = field(default_factory=dict)
    stated: dict[str, list[str]] = field(default_factory=dict)

    def put(self, identity: str, thing: Thing, keys: Sequence[str]) -> str:
        """Keep `thing` unless it is there already, and `keys` in any case."""
        self.things.setdefault(identity, thing)
        self.stated.setdefault(identity, []).extend(keys)
        return identity

    def settled(self) -> tuple[tuple[Thing, ...], dict[str, str]]:
        """The things with those of their keys that no other shares, and each one's `ref` by its provisional key."""
        rows = unshared([*self.stated[identity], identity] for identity in self.things)
        things = tuple(replace(thing, keys=row) for row, thing in zip(rows, self.things.values(), strict=True))
        return things, {identity: thing.ref for identity, thing in zip(self.things, things, strict=True)}


class Gathering:
    """One file's tracks, rooms, speakers and sessions. What its methods return is for sessions to point with."""

    def __init__(self, remarks: Remarks) -> None:
        self.remarks = remarks
        self._tracks = _Shelf[PlannedTrack]()
        self._rooms = _Shelf[PlannedRoom]()
        self._speakers = _Shelf[PlannedSpeaker]()
        self._sessions: dict[str, tuple[Sequence[str], PlannedSession, str]] = {}

    def track(self, name: Texts, *, slug: str = "", colour: str | None = None) -> str | None:
        """A track, the same one for the same name; None without a name."""
        words = _first(name)
        if not words:
            return None
        keys = [key("slug", slug)] if slug.strip() else []
        identity = self._tracks.put(key("name", words), PlannedTrack(keys=(), name=name), keys)
        if colour and self._tracks.things[identity].colour is None:
            self._tracks.things[identity] = replace(self._tracks.things[identity], colour=colour)
        return identity

    def room(self, name: Texts, *, guid: str = "", capacity: int | None = None) -> str | None:
        """A room, the same one for the same name; None without a name."""
        words = _first(name)
        if not words:
            return None
        keys = [key("guid", guid)] if guid.strip() else []
        identity = self._rooms.put(key("name", words), PlannedRoom(keys=(), name=name), keys)
        if capacity is not None and self._rooms.things[identity].capacity is None:
            self._rooms.things[identity] = replace(self._rooms.things[identity], capacity=capacity)
        return identity

    def has_room(self, name: str) -> bool:
        """Whether a room of this name is known."""
        return key("name", name) in self._rooms.things

    def speaker(self, name: str, *, number: str, guid: str, session: str, where: str) -> str:
        """A speaker, the same one only for the same number or guid *with* the same name.

        One with neither is a person of their own in each session (`session` is a key of it): equal names are not proof.
        """
        if number.strip():
            identity = key("id-name", number, name)
        elif guid.strip():
            identity = key("guid-name", guid, name)
        else:
            identity = key("session-name", session, name)
            message = N_("People without an id are kept apart, even if their names are equal.")
            self.remarks.quirk(where, "person", message, name)
        keys = [key("guid", guid)] if guid.strip() else []
        return self._speakers.put(identity, PlannedSpeaker(keys=(), name=name), keys)

    def profile(
        self, speaker: str, *, biography: Texts, affiliation: str = "", country: str | None = None, email: str = ""
    ) -> None:
        """What a file says of a speaker; the first words stay where it says several things."""
        held = self._speakers.things[speaker]
        self._speakers.things[speaker] = replace(
            held,
            biography=held.biography or biography,
            affiliation=held.affiliation or affiliation,
            country=held.country or country,
            email=held.email or (email if _ADDRESS.fullmatch(email) and len(email) <= _LONGEST_ADDRESS else None),
        )

    def session(self, session: PlannedSession, where: str) -> None:
        """Take a session whose `keys` are all that it could have; an exact repetition is refused with a remark."""
        whole = key("whole", *session.keys, str(session.starts_at), str(session.room))
        if whole in self._sessions:
            message = N_("The same event stands in the file twice; the first was taken.")
            self.remarks.refuse(where, "event", message, _first(session.title))
            return
        self._sessions[whole] = ((*session.keys, whole), session, where)

    def plan(self, source: str, conference_of: Callable[[Sequence[PlannedSession]], PlannedConference]) -> Plan:
        """The plan, with all references settled; `conference_of` makes the conference from its sessions."""
        tracks, track_refs = self._tracks.settled()
        rooms, room_refs = self._rooms.settled()
        speakers, speaker_refs = self._speakers.settled()
        sessions = [
            replace(
                session,
                track=session.track and track_refs[session.track],
                room=session.room and room_refs[session.room],
                people=tuple((speaker_refs[person], role) for person, role in session.people),
            )
            for session in self._identified()
        ]
        conference = conference_of(sessions)
        return Plan(
            source=source,
            conference=conference,
            tracks=tracks,
            rooms=rooms,
            speakers=speakers,
            sessions=tuple(sessions),
            warnings=self.remarks.warnings,
            refused=self.remarks.refused,
        )

    def _identified(self) -> list[PlannedSession]:
        """The sessions with those of their keys that no other shares; the key of everything only where none is left."""
        sessions = []
        rows = unshared(candidates for candidates, _, _ in self._sessions.values())
        for keys, (candidates, session, where) in zip(rows, self._sessions.values(), strict=True):
            for shared in candidates:
                kind, _, value = shared.partition(":")
                if shared not in keys and kind in _STATED:
                    message = N_("Several events share this; it was not used to recognise them again.")
                    self.remarks.quirk(where, kind, message, value)
            sessions.append(replace(session, keys=keys[:-1] or keys))
        return sessions


def _first(texts: Texts) -> str:
    return next(iter(texts.values()), "")
