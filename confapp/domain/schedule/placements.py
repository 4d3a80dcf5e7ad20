"""Frozen values that the rules of the schedule speak of: placements, what they stand on, conflicts and places."""

from __future__ import annotations

import datetime as dt
import enum
import hashlib
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

from confapp.domain.agenda import ConferenceFacts
from confapp.domain.errors import Message
from confapp.domain.spans import Span
from confapp.domain.texts import Texts

NO_SLOT = uuid.UUID(int=0)
"""Stands for the slot of a session that has none yet."""


class Rule(enum.StrEnum):
    """What a conflict is about."""

    ROOM = "room"
    VENUE = "venue"
    PERSON = "person"
    CLOSED = "closed"
    """The room is not available."""
    AWAY = "away"
    """Somebody who has a part is not available."""
    ORDER = "order"
    DAYS = "days"
    CHANGEOVER = "changeover"
    WALKING = "walking"
    CAPACITY = "capacity"
    NOBODY = "nobody"
    UNCONFIRMED = "unconfirmed"


class Grade(enum.StrEnum):
    """Whether a conflict stops a placement or is only said."""

    BLOCKS = "blocks"
    WARNS = "warns"


GRADES: Mapping[Rule, Grade] = {
    rule: Grade.BLOCKS
    if rule in {Rule.ROOM, Rule.PERSON, Rule.CLOSED, Rule.AWAY, Rule.ORDER, Rule.DAYS}
    else Grade.WARNS
    for rule in Rule
}
"""How much each rule weighs."""

ANYWHERE = frozenset({Rule.NOBODY, Rule.UNCONFIRMED})
"""Rules that no other place would mend."""


@dataclass(frozen=True, slots=True)
class PlacedRoom:
    """What the rules need to know of a room."""

    code: str
    name: Texts
    capacity: int | None
    venue: str | None = None
    """Its venue's slug."""
    changeover: int = 0
    """Minutes that it stands empty between two sessions."""


@dataclass(frozen=True, slots=True)
class Placement:
    """One slot that is placed, with all that the rules ask of its session. Times are aware, UTC."""

    slot: uuid.UUID
    title: Texts
    room: PlacedRoom | None
    """None: the whole venue."""
    starts_at: dt.datetime
    ends_at: dt.datetime
    session: str | None = None
    """The session's code; None for a blocker."""
    people: Mapping[str, str] = field(default_factory=dict)
    """Name by speaker code of everybody with a part: chairs clash like speakers."""
    audience: int | None = None
    """The larger of what is expected and what was picked."""
    is_staffed: bool = False
    """Whether this kind of session needs a speaker."""
    is_confirmed: bool = True


@dataclass(frozen=True, slots=True)
class Grounds:
    """What the rules ask beside the placements: none of it is set for a conference that says nothing of it."""

    conference: ConferenceFacts
    rooms: Mapping[str, tuple[Span, ...]] = field(default_factory=dict)
    """When a room is open, by its code, merged; a room that is not named is always open."""
    people: Mapping[str, tuple[Span, ...]] = field(default_factory=dict)
    """When somebody can come, by speaker code, merged; who is not named always can."""
    walks: Mapping[frozenset[str], int] = field(default_factory=dict)
    """Minutes on foot between two venues by their slugs; with one slug: between two rooms of that venue."""
    after: frozenset[tuple[str, str]] = frozenset()
    """Pairs of session codes: the second takes place once the first has ended (the first time, where it repeats)."""

    @property
    def longest_walk(self) -> int:
        """The most minutes that anybody walks."""
        return max(self.walks.values(), default=0)

    def walk(self, one: PlacedRoom, other: PlacedRoom) -> int:
        """Minutes on foot between two rooms; none where nobody said."""
        if one.code == other.code or one.venue is None or other.venue is None:
            return 0
        return self.walks.get(frozenset({one.venue, other.venue}), 0)

    @property
    def days(self) -> Span:
        """From the first conference day's beginning until the last one's end."""
        facts = self.conference
        start = dt.datetime.combine(facts.starts_on, facts.day_change, facts.zone)
        end = dt.datetime.combine(facts.ends_on + dt.timedelta(days=1), facts.day_change, facts.zone)
        return Span(start.astimezone(dt.UTC), end.astimezone(dt.UTC))


@dataclass(frozen=True, slots=True)
class Acceptance:
    """Why somebody let a conflict stand."""

    reason: str
    at: dt.datetime
    by: str | None = None
    """The e-mail address of who did."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """One thing wrong with one placement, or between two."""

    rule: Rule
    one: Placement
    other: Placement | None = None
    subject: str = ""
    """The room's or the speaker's code."""
    facts: tuple[str, ...] = ()
    """What it depends on beside rule, subject and slots: once one of them changes it is another conflict."""
    message: Message = field(default=Message(""), compare=False)
    accepted: Acceptance | None = field(default=None, compare=False)

    @property
    def grade(self) -> Grade:
        """How much it weighs."""
        return GRADES[self.rule]

    @property
    def is_blocking(self) -> bool:
        """Whether it stops a placement or a release: it blocks, and nobody has let it stand."""
        return self.grade is Grade.BLOCKS and self.accepted is None

    @property
    def sides(self) -> tuple[Placement, ...]:
        """The one or two placements it is about, the earlier first."""
        return (self.one, self.other) if self.other else (self.one,)

    @property
    def key(self) -> tuple[str, str, frozenset[uuid.UUID]]:
        """What makes two findings the same: rule, subject and the slots, whichever came first."""
        return self.rule.value, self.subject, frozenset(side.slot for side in self.sides)

    @property
    def fingerprint(self) -> str:
        """32 hexadecimal digits over the key and the facts: accepting it holds for exactly these."""
        rule, subject, slots = self.key
        seen = [rule, subject, sorted(map(str, slots)), sorted(self.facts)]
        return hashlib.sha256(json.dumps(seen).encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Busy:
    """Time in a room that a slot would better not overlap."""

    starts_at: dt.datetime
    ends_at: dt.datetime
    rule: Rule
    reason: Message = field(compare=False)

    @property
    def grade(self) -> Grade:
        """How much it weighs."""
        return GRADES[self.rule]


@dataclass(frozen=True, slots=True)
class WayOut:
    """Where a slot could stand without any conflict; `room` None is the whole venue."""

    room: PlacedRoom | None
    starts_at: dt.datetime
    ends_at: dt.datetime
