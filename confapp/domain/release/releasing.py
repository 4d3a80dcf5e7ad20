"""Releases beside that of the whole draft: an earlier one again, or one slot's change alone, on the day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace

from confapp.domain import agenda as values
from confapp.domain.errors import N_, NotAllowed, NotNow, Stale
from confapp.domain.people import Account
from confapp.domain.programme import slots
from confapp.domain.programme.conferences import Conference
from confapp.domain.programme.slots import Slot
from confapp.domain.release import releases
from confapp.domain.release.freezing import Change, compare, digest, freeze, numbered
from confapp.domain.release.frozen import Release, agenda
from confapp.domain.schedule import scheduling
from confapp.domain.texts import in_language


def between(conference: Conference, before: Release, after: Release | None, *, now: dt.datetime) -> list[Change]:
    """What a reader sees differ from one release to another, or (None) to what releasing the draft now would make."""
    return compare(*sides(conference, before, after, now=now))


def sides(
    conference: Conference, before: Release, after: Release | None, *, now: dt.datetime
) -> tuple[values.Agenda, values.Agenda]:
    """The two agendas that `between` compares."""
    held = agenda(before)
    if after is not None:
        return held, agenda(after)
    return held, freeze(conference, slots.slots(conference), previous=held, note={}, now=now)


def roll_back(
    conference: Conference,
    number: int,
    *,
    expected: int | None,
    note: Mapping[str, str],
    by: Account | None,
    now: dt.datetime,
) -> Release:
    """Make an earlier release public again, as a new one; the draft stays as it is, and the next release brings it.

    `expected` is the number of the latest release that the asker saw. Raises Stale when there is a newer one, NotNow
    where the public already sees that release, Missing for one that there is not.
    """
    schedule = scheduling.lock(conference)
    wanted, latest = releases.numbered(conference.id, number), releases.current(conference.id)
    assert latest is not None, "one that is numbered is the latest, or there is a later one"
    _check_latest(latest, expected)
    if not compare(agenda(latest), agenda(wanted)):
        raise NotNow(N_("The public sees release %(number)s already, or one just like it.", number=number))
    made = rolled_back(conference, wanted, latest, note=note, now=now)
    facts = {"rolled_back_to": number, "schedule_version": schedule.version}
    return releases.publish(conference, made, latest, schedule.version, by=by, now=now, facts=facts)


def rolled_back(
    conference: Conference, wanted: Release, latest: Release, *, note: Mapping[str, str], now: dt.datetime
) -> values.Agenda:
    """The agenda that making `wanted` public again would make, after the `latest`."""
    was, before = agenda(wanted), agenda(latest)
    plain = [replace(entry, sequence=0, changed_at=None) for entry in was.shown]
    return _next(was, before, plain, conference, note=note, now=now)


def amend(
    conference: Conference,
    slot: Slot,
    *,
    expected: int | None,
    note: Mapping[str, str],
    by: Account | None,
    now: dt.datetime,
    override: str | None = None,
    may_override: bool = False,
) -> Release:
    """Release where one slot stands in the draft and nothing else, as `amended` finds it. Raises what that raises."""
    made, latest, schedule_version = amended(
        conference, slot, expected=expected, note=note, now=now, override=override, may_override=may_override
    )
    facts = {"amended": str(slot.uuid), "schedule_version": schedule_version, "overridden": override or ""}
    return releases.publish(conference, made, latest, schedule_version, by=by, now=now, facts=facts)


def amended(
    conference: Conference,
    slot: Slot,
    *,
    expected: int | None,
    note: Mapping[str, str],
    now: dt.datetime,
    override: str | None = None,
    may_override: bool = False,
) -> tuple[values.Agenda, Release, int]:
    """The latest release with one slot's entry as in the draft; with that release and the schedule's version.

    Words and people of a session that is public stay as they are there. A slot that stands nowhere any more is
    cancelled. Raises NotNow before the first release, where readers would see no change, and where the entry meets
    another public one in its room or with its people (unless a reason in `override` of one who `may_override`: else
    NotAllowed); Stale as `roll_back`.
    """
    schedule = scheduling.lock(conference)
    latest = releases.current(conference.id)
    if latest is None:
        raise NotNow(N_("There is no release yet that could be amended; release the whole schedule first."))
    _check_latest(latest, expected)
    before = agenda(latest)
    drafted = freeze(conference, slots.slots(conference), previous=before, note=note, now=now)
    held = next((entry for entry in before.shown if entry.uuid == slot.uuid), None)
    wanted = next((entry for entry in drafted.shown if entry.uuid == slot.uuid), None)
    others = [entry for entry in before.shown if entry.uuid != slot.uuid]
    if wanted is not None:
        wanted = replace(wanted, session=_as_public(wanted.session, before))
        clashing = [other for other in others if _clash(wanted, other)]
        if clashing and not override:
            titles = tuple(f"“{in_language(each.session.title, conference.languages)}”" for each in clashing)
            raise NotNow(N_("Among what is public it clashes with %(titles)s; release these too.", titles=titles))
        if clashing and not may_override:
            raise NotAllowed(N_("You may not release over conflicts that block."))
    if (held and digest(held)) == (wanted and digest(wanted)):
        raise NotNow(N_("Nothing changes for readers."))
    entries = others if wanted is None else [*others, wanted]
    plain = [replace(entry, sequence=0, changed_at=None) for entry in entries]
    made = _next(before, drafted, plain, conference, note=note, now=now, previous=before)
    return made, latest, schedule.version


def _check_latest(latest: Release, expected: int | None) -> None:
    if expected is not None and latest.number != expected:
        raise Stale(N_("Somebody released meanwhile; look at what is public now."), latest.number)


def _as_public(session: values.Session, before: values.Agenda) -> values.Session:
    """The session in its public words; one that is new keeps its own, with its people as they are public."""
    known = before.sessions.get(session.code)
    if known is not None:
        return known
    parts = tuple(replace(part, person=before.people.get(part.person.code, part.person)) for part in session.parts)
    return replace(session, parts=parts)


def _clash(one: values.Entry, other: values.Entry) -> bool:
    if one.starts_at >= other.ends_at or other.starts_at >= one.ends_at:
        return False  # touching ends share no moment
    people = {part.person.code for part in one.session.parts} & {part.person.code for part in other.session.parts}
    return bool(people) or (one.room is not None and other.room is not None and one.room.code == other.room.code)


def _next(
    first: values.Agenda,
    second: values.Agenda,
    entries: Sequence[values.Entry],
    conference: Conference,
    *,
    note: Mapping[str, str],
    now: dt.datetime,
    previous: values.Agenda | None = None,
) -> values.Agenda:
    """The release of these entries after `previous` (else `second`), with the places that either of the two names."""
    previous = previous or second
    rooms = {room.code: room for room in (*second.rooms, *first.rooms)}
    return values.Agenda(
        conference=conference.facts,
        release=previous.release + 1,
        released_at=now,
        entries=values.in_reading_order(numbered(list(entries), previous, set(rooms), now)),
        hosts=tuple({host.slug: host for host in (*second.hosts, *first.hosts)}.values()),
        rooms=tuple(rooms.values()),
        tracks=tuple({track.slug: track for track in (*second.tracks, *first.tracks)}.values()),
        note=note,
    )
