"""Concerns: whom the difference between two releases concerns, in which part, and what each of them is told of it."""

from __future__ import annotations

import datetime as dt
import enum
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from confapp.domain.agenda import Entry
from confapp.domain.release.freezing import Change


class Group(enum.StrEnum):
    """Those who are told together, or not at all."""

    SPEAKERS = "speakers"
    """Panellists too."""
    CHAIRS = "chairs"
    HOSTS = "hosts"
    ATTENDEES = "attendees"
    """Who picked the session and wants letters."""


class Kind(enum.StrEnum):
    """What a change is to the one who is told of it."""

    NEW = "new"
    CANCELLED = "cancelled"
    CHANGED = "changed"
    JOINS = "joins"
    """The session stood; that they have a part in it, or that it is in their rooms, is new."""
    LEAVES = "leaves"


TOLD = frozenset({"time", "duration", "room", "title", "people"})
"""What a letter is written for; nobody gets one for a corrected abstract."""

GROUP_OF = {
    "speaker": Group.SPEAKERS,
    "panellist": Group.SPEAKERS,
    "chair": Group.CHAIRS,
    "host": Group.HOSTS,
    "attendee": Group.ATTENDEES,
}
ROLES = tuple(GROUP_OF)
"""What one is to a session, in the order in which it is said."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who may be told, as one thing that they are to the conference."""

    id: str
    """`speaker:`, `host:` or `attendee:` and the UUID: never a name."""
    name: str
    email: str | None
    language: str | None = None
    """BCP 47, where it is known."""
    page: str = ""
    """Where they find all that is theirs, below the conference's address."""


@dataclass(frozen=True, slots=True)
class Audience:
    """Those who may be told, by what ties them to sessions."""

    speakers: Mapping[str, Reader] = field(default_factory=dict)
    """By code."""
    hosts: Mapping[str, Reader] = field(default_factory=dict)
    """By slug."""
    attendees: Mapping[uuid.UUID, Sequence[Reader]] = field(default_factory=dict)
    """By session: who picked it."""


@dataclass(frozen=True, slots=True)
class Concern:
    """One change, as one person is told of it."""

    change: Change
    kind: Kind
    roles: tuple[str, ...]
    """What they are to the session, of ROLES; of one who leaves, what they were."""

    @property
    def groups(self) -> frozenset[Group]:
        """As a member of which groups they are told."""
        return frozenset(GROUP_OF[role] for role in self.roles)

    @property
    def entry(self) -> Entry:
        """As it is now, or as it was last."""
        entry = self.change.after or self.change.before
        assert entry is not None, "a change has a side"
        return entry


@dataclass(frozen=True, slots=True)
class Recipient:
    """One letter: all that concerns one address, or one person for whom nobody knows any."""

    readers: tuple[Reader, ...]
    concerns: tuple[Concern, ...]
    """By time."""

    @property
    def ids(self) -> tuple[str, ...]:
        """Whom the letter is for, as ids."""
        return tuple(sorted({reader.id for reader in self.readers}))

    @property
    def names(self) -> tuple[str, ...]:
        """Whom the letter greets."""
        return tuple(dict.fromkeys(reader.name for reader in self.readers))

    @property
    def email(self) -> str | None:
        """Where it goes; None: nobody can tell them."""
        return next((reader.email for reader in self.readers if reader.email), None)

    @property
    def language(self) -> str | None:
        """What they read, where it is known."""
        return next((reader.language for reader in self.readers if reader.language), None)

    @property
    def groups(self) -> frozenset[Group]:
        """As a member of which groups they are told."""
        return frozenset[Group]().union(*(concern.groups for concern in self.concerns))

    def within(self, groups: Iterable[Group]) -> Recipient:
        """The same letter with only what concerns members of these groups."""
        wanted = frozenset(groups)
        kept = tuple(concern for concern in self.concerns if concern.groups & wanted)
        return Recipient(self.readers, kept)


Since = Callable[[Group, str], int]
"""The number of the release that somebody knows of as a member of a group, by their id; 0: of none."""


def concerned(
    changes: Mapping[int, Sequence[Change]],
    audience: Audience,
    since: Since,
    *,
    now: dt.datetime,
    is_one_letter: bool = False,
) -> list[Recipient]:
    """Who is told what: one letter an address, by the name of whom it greets.

    `changes` since each release that somebody knows of last. Nobody is told of what is over. `is_one_letter`: all that
    is found goes to the same person, whatever address each part of it has by now.
    """
    found: dict[str, dict[uuid.UUID, tuple[int, Concern]]] = {}
    readers: dict[str, Reader] = {}
    for number in sorted(changes):
        for change in changes[number]:
            if all(entry is None or entry.ends_at <= now for entry in (change.before, change.after)):
                continue
            for reader, kind, roles in _told(change, audience):
                roles = tuple(role for role in roles if since(GROUP_OF[role], reader.id) == number)
                if not roles:
                    continue
                readers[reader.id] = reader
                concern = Concern(change, kind, roles)
                held = found.setdefault(reader.id, {})
                slot = concern.entry.uuid
                held[slot] = (number, _joined(held[slot][1], concern)) if slot in held else (number, concern)
    letters: dict[str, list[str]] = {}
    for identifier, reader in readers.items():
        place = "" if is_one_letter else (reader.email or identifier).casefold()
        letters.setdefault(place, []).append(identifier)
    made = [
        Recipient(
            tuple(readers[each] for each in sorted(ids, key=_rank)),
            _merged(concern for each in sorted(ids, key=_rank) for _number, concern in found[each].values()),
        )
        for ids in letters.values()
    ]
    return sorted(made, key=lambda each: ([name.casefold() for name in each.names], each.ids))


def _rank(identifier: str) -> tuple[int, str]:
    """Speakers before hosts before attendees: as what a letter greets somebody who is several."""
    return ("speaker", "host", "attendee").index(identifier.partition(":")[0]), identifier


def _merged(concerns: Iterable[Concern]) -> tuple[Concern, ...]:
    """Each slot once, with everything that somebody is to it, by time."""
    merged: dict[uuid.UUID, Concern] = {}
    for concern in concerns:
        slot = concern.entry.uuid
        merged[slot] = _joined(merged[slot], concern) if slot in merged else concern
    return tuple(sorted(merged.values(), key=lambda each: (each.entry.starts_at, each.entry.number)))


def _joined(first: Concern, second: Concern) -> Concern:
    """Two concerns of one slot as one: the first one's change, as it reaches back further or matters more."""
    roles = tuple(role for role in ROLES if role in {*first.roles, *second.roles})
    return Concern(first.change, first.kind, roles)


def _told(change: Change, audience: Audience) -> Iterator[tuple[Reader, Kind, tuple[str, ...]]]:
    """Everybody whom a change concerns."""
    before, after = change.before, change.after
    had, has = _people(before), _people(after)
    for code in dict.fromkeys([*has, *had]):
        reader = audience.speakers.get(code)
        kind = _kind(change, is_in_before=code in had, is_in_after=code in has)
        if reader is not None and kind is not None:
            yield reader, kind, has.get(code) or had[code]
    lent, lends = _host(before), _host(after)
    for slug in dict.fromkeys([lends, lent]):
        reader = audience.hosts.get(slug) if slug else None
        kind = _kind(change, is_in_before=slug == lent, is_in_after=slug == lends)
        if reader is not None and kind is not None:
            yield reader, kind, ("host",)
    session = (after or before).session  # type: ignore[union-attr]
    kind = _kind(change, is_in_before=True, is_in_after=True)
    if kind is not None:
        for reader in audience.attendees.get(session.uuid, ()):
            yield reader, kind, ("attendee",)


def _kind(change: Change, *, is_in_before: bool, is_in_after: bool) -> Kind | None:
    """What the change is to somebody who had to do with it on one side or both; None: nothing to write for."""
    if change.before is None:
        return Kind.NEW
    if change.after is None:
        return Kind.CANCELLED
    if is_in_before is not is_in_after:
        return Kind.JOINS if is_in_after else Kind.LEAVES
    return Kind.CHANGED if TOLD & set(change.fields) else None


def _people(entry: Entry | None) -> dict[str, tuple[str, ...]]:
    """Who has a part in it, by code, with their roles."""
    held: dict[str, tuple[str, ...]] = {}
    for part in entry.session.parts if entry is not None else ():
        held[part.person.code] = (*held.get(part.person.code, ()), part.role)
    return {code: tuple(role for role in ROLES if role in roles) for code, roles in held.items()}


def _host(entry: Entry | None) -> str | None:
    return entry.room.host if entry is not None and entry.room is not None else None
