"""Whom the difference between two agendas concerns: each in their part, once, and nobody for what is over."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from confapp.domain.agenda import Agenda, ConferenceFacts, Entry, Part, Person, Room, Session
from confapp.domain.letters.concerns import Audience, Group, Kind, Reader, Recipient, concerned
from confapp.domain.release.freezing import Change, compare

NOW = dt.datetime(2026, 5, 1, tzinfo=dt.UTC)
NINE = dt.datetime(2026, 5, 18, 9, tzinfo=dt.UTC)
FACTS = ConferenceFacts(
    "summit", uuid.UUID(int=1), {"en": "Summit"}, "Europe/Brussels", NINE.date(), NINE.date(), ("en",)
)


def person(code: str) -> Person:
    return Person(code, uuid.uuid5(uuid.NAMESPACE_OID, code), 1, code.title())


def room(code: str, host: str | None = None) -> Room:
    return Room(code, uuid.uuid5(uuid.NAMESPACE_OID, code), {"en": code.title()}, host=host)


AULA, LAB = room("aula", "academy"), room("lab", "institute")


def entry(number: int, *parts: tuple[str, str], where: Room | None = AULA, hour: int = 0, minutes: int = 30) -> Entry:
    """Session `number` with its people, as (code, role)."""
    made = Session(
        f"S{number}",
        uuid.UUID(int=100 + number),
        number,
        "talk",
        {"en": f"Talk {number}"},
        parts=tuple(Part(person(code), role) for code, role in parts),
    )
    start = NINE + dt.timedelta(hours=hour)
    return Entry(uuid.UUID(int=200 + number), number, made, where, start, start + dt.timedelta(minutes=minutes))


def agenda(*entries: Entry) -> Agenda:
    return Agenda(FACTS, 1, NOW, entries=entries)


def speaker(code: str, email: str | None = "") -> Reader:
    return Reader(f"speaker:{code}", code.title(), f"{code}@example.org" if email == "" else email)


ACADEMY = Reader("host:academy", "Academy", "academy@example.org")
INSTITUTE = Reader("host:institute", "Institute", "institute@example.org")


def audience(*speakers: Reader, attendees: Mapping[uuid.UUID, Sequence[Reader]] | None = None) -> Audience:
    by_code = {reader.id.partition(":")[2]: reader for reader in speakers}
    return Audience(by_code, {"academy": ACADEMY, "institute": INSTITUTE}, attendees or {})


def told(before: Agenda | None, after: Agenda, who: Audience, now: dt.datetime = NOW) -> dict[str, list[str]]:
    """By address, each concern as `kind roles session`."""
    found = concerned({1: compare(before, after)}, who, lambda group, identifier: 1, now=now)
    return {each.email or each.names[0]: said(each) for each in found}


def said(recipient: Recipient) -> list[str]:
    return [f"{each.kind} {','.join(each.roles)} {each.entry.session.code}" for each in recipient.concerns]


def test_everybody_who_has_a_part_is_told_once_however_much_changes() -> None:
    one, two = entry(1, ("ada", "speaker"), ("ben", "chair")), entry(2, ("ada", "panellist"), hour=2)
    later = replace(one, starts_at=one.starts_at + dt.timedelta(hours=5), ends_at=one.ends_at + dt.timedelta(hours=5))
    found = told(agenda(one, two), agenda(later), audience(speaker("ada"), speaker("ben")))
    assert found == {
        "ada@example.org": ["cancelled panellist S2", "changed speaker S1"],
        "ben@example.org": ["changed chair S1"],
        "academy@example.org": ["cancelled host S2", "changed host S1"],
    }


def test_who_joins_and_who_leaves_are_told_so() -> None:
    one = entry(1, ("ada", "speaker"))
    found = told(agenda(one), agenda(entry(1, ("ben", "speaker"), where=LAB)), audience(speaker("ada"), speaker("ben")))
    assert found == {
        "ada@example.org": ["leaves speaker S1"],
        "ben@example.org": ["joins speaker S1"],
        "academy@example.org": ["leaves host S1"],
        "institute@example.org": ["joins host S1"],
    }


def test_the_first_release_tells_everybody_what_is_theirs() -> None:
    found = told(None, agenda(entry(1, ("ada", "speaker"), ("ada", "chair"))), audience(speaker("ada")))
    assert found == {"academy@example.org": ["new host S1"], "ada@example.org": ["new speaker,chair S1"]}


def test_nobody_is_written_to_for_a_corrected_abstract_or_a_track() -> None:
    one = entry(1, ("ada", "speaker"))
    other = replace(one, session=replace(one.session, abstract={"en": "Better."}))
    assert told(agenda(one), agenda(other), audience(speaker("ada"))) == {}


def test_what_is_over_concerns_nobody() -> None:
    one = entry(1, ("ada", "speaker"))
    changed = replace(one, room=LAB)
    who = audience(speaker("ada"))
    assert told(agenda(one), agenda(changed), who, now=one.ends_at) == {}
    assert "ada@example.org" in told(agenda(one), agenda(changed), who, now=one.starts_at)


def test_two_things_that_one_address_is_make_one_letter() -> None:
    one = entry(1, ("ada", "speaker"))
    cleo = Reader("attendee:cleo", "Cleo", "ACADEMY@example.org")
    who = audience(speaker("ada", "academy@example.org"), attendees={one.session.uuid: [cleo]})
    (letter,) = concerned({1: compare(None, agenda(one))}, who, lambda group, identifier: 1, now=NOW)
    assert letter.names == ("Ada", "Academy", "Cleo")
    assert said(letter) == ["new speaker,host,attendee S1"]
    assert letter.within([Group.HOSTS]).concerns == letter.concerns
    assert letter.within([Group.CHAIRS]).concerns == ()


def test_two_people_without_an_address_are_two() -> None:
    one = entry(1, ("ada", "speaker"), ("ben", "speaker"))
    who = audience(speaker("ada", None), speaker("ben", None))
    found = concerned({1: compare(None, agenda(one))}, who, lambda group, identifier: 1, now=NOW)
    assert [(each.names, each.email) for each in found if each.email is None] == [(("Ada",), None), (("Ben",), None)]


def test_each_is_told_since_the_release_that_they_know() -> None:
    first, second, third = (
        entry(1, ("ada", "speaker")),
        entry(1, ("ada", "speaker"), hour=1),
        entry(1, ("ada", "chair")),
    )
    changes = {1: compare(agenda(first), agenda(third)), 2: compare(agenda(second), agenda(third))}
    knows = {"speaker:ada": 2, "host:academy": 1}
    found = concerned(changes, audience(speaker("ada")), lambda group, identifier: knows[identifier], now=NOW)
    fields = {each.names[0]: each.concerns[0].change.fields for each in found}
    assert fields == {"Academy": ("people",), "Ada": ("time", "people")}


CODES = st.sampled_from(["ada", "ben", "cy"])
PARTS = st.lists(st.tuples(CODES, st.sampled_from(["speaker", "panellist", "chair"])), max_size=3, unique=True)


@st.composite
def agendas(draw: st.DrawFn) -> Agenda:
    """Up to four sessions, each somewhere, sometime, by somebody."""
    numbers = draw(st.sets(st.integers(1, 4)))
    return agenda(
        *(
            entry(number, *draw(PARTS), where=draw(st.sampled_from([AULA, LAB, None])), hour=draw(st.integers(0, 3)))
            for number in sorted(numbers)
        )
    )


def slow(changes: Sequence[Change]) -> set[tuple[str, uuid.UUID]]:
    """Whom changes concern, found by asking each person about each change."""
    found = set()
    for change in changes:
        for code in ("ada", "ben", "cy"):
            sides = [side for side in (change.before, change.after) if side is not None]
            has = [any(part.person.code == code for part in side.session.parts) for side in sides]
            is_told = any(has) and (
                len(sides) == 1 or has[0] != has[1] or set(change.fields) & {"time", "duration", "room", "people"}
            )
            if is_told:
                found.add((f"speaker:{code}", sides[-1].uuid))
    return found


@given(before=agendas(), after=agendas())
def test_it_agrees_with_asking_everybody_about_everything(before: Agenda, after: Agenda) -> None:
    changes = compare(before, after)
    who = Audience({code: speaker(code) for code in ("ada", "ben", "cy")})
    found = concerned({1: changes}, who, lambda group, identifier: 1, now=NOW)
    said = [(each.readers[0].id, concern.entry.uuid) for each in found for concern in each.concerns]
    assert len(said) == len(set(said)), "one letter a person, each slot once"
    assert set(said) == slow(changes)


@given(before=agendas(), after=agendas())
def test_groups_part_what_is_told_and_lose_none_of_it(before: Agenda, after: Agenda) -> None:
    who = audience(*(speaker(code) for code in ("ada", "ben", "cy")))
    for letter in concerned({1: compare(before, after)}, who, lambda group, identifier: 1, now=NOW):
        parts = [{each.entry.uuid for each in letter.within([group]).concerns} for group in Group]
        assert set[object]().union(*parts) == {each.entry.uuid for each in letter.concerns}
        assert all(concern.kind in Kind for concern in letter.concerns)
