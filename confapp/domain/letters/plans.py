"""Plans: exactly who would be told what of a release, found the same way before it is made and when letters go out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from confapp.domain.agenda import Agenda
from confapp.domain.letters import addresses, tellings
from confapp.domain.letters.concerns import TOLD, Group, Recipient, concerned
from confapp.domain.letters.tellings import Known, Telling
from confapp.domain.programme.conferences import Conference
from confapp.domain.release import releases
from confapp.domain.release.freezing import Change, compare
from confapp.domain.release.frozen import agenda


@dataclass(frozen=True, slots=True)
class Plan:
    """Who is told what."""

    after: Agenda
    """What everybody is told of."""
    letters: tuple[Recipient, ...]
    unreachable: tuple[Recipient, ...]
    """Whom the release concerns, without an address."""
    invited: int = 0
    """Attendees whose calendars are told by invitations."""
    unwilling: int = 0
    """Attendees who picked what changed and want no letters."""

    def within(self, groups: Iterable[Group]) -> Plan:
        """Only what members of these groups are told."""
        wanted = frozenset(groups)
        is_asked = Group.ATTENDEES in wanted
        return Plan(
            self.after,
            _within(self.letters, wanted),
            _within(self.unreachable, wanted),
            self.invited,
            self.unwilling if is_asked else 0,
        )

    @property
    def counts(self) -> dict[Group, int]:
        """How many letters members of each group get; one who is in several counts in each."""
        return {group: sum(group in each.groups for each in self.letters) for group in Group}


def _within(recipients: Iterable[Recipient], groups: Collection[Group]) -> tuple[Recipient, ...]:
    kept = (recipient.within(groups) for recipient in recipients)
    return tuple(each for each in kept if each.concerns)


def before_release(conference: Conference, after: Agenda, *, now: dt.datetime) -> Plan:
    """Who would be told what if `after` were released now."""
    return _plan(conference, after, tellings.known(conference, after.release), now=now)


def of_telling(
    conference: Conference, telling: Telling, *, now: dt.datetime, only: Collection[str] | None = None
) -> Plan:
    """Who is told what of a release that was made, in the groups that were chosen; `only` these ids, in one letter."""
    knowing = Known(dict(telling.since), dict(telling.behind))
    return _plan(conference, agenda(telling.release), knowing, now=now, only=only).within(telling.chosen)


def _plan(
    conference: Conference, after: Agenda, knowing: Known, *, now: dt.datetime, only: Collection[str] | None = None
) -> Plan:
    changes = _changes(conference, after, knowing.numbers)
    told = [
        change
        for each in changes.values()
        for change in each
        if (change.kind != "changed" or TOLD & set(change.fields))
        and any(entry is not None and entry.ends_at > now for entry in (change.before, change.after))
    ]
    audience, pickers = addresses.audience(conference, told, only)
    found = concerned(changes, audience, knowing, now=now, is_one_letter=only is not None)
    return Plan(
        after,
        tuple(each for each in found if each.email),
        tuple(each for each in found if not each.email),
        pickers.invited,
        pickers.unwilling,
    )


def _changes(conference: Conference, after: Agenda, numbers: Collection[int]) -> Mapping[int, list[Change]]:
    rows = {each.number: each for each in releases.with_numbers(conference.id, numbers)}
    return {
        number: _compared(_Same(agenda(rows[number]) if number in rows else None), _Same(after)) for number in numbers
    }


class _Same:
    """A value that is equal to nothing but itself, so that what follows from it may be kept beside it."""

    def __init__(self, value: Agenda | None) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.value is other.value

    def __hash__(self) -> int:
        return id(self.value)


@lru_cache(maxsize=8)
def _compared(before: _Same, after: _Same) -> list[Change]:
    assert after.value is not None, "there is always something to tell of"
    return compare(before.value, after.value)
