"""The exchange formats: valid against the schemas, and read back as the same programme."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from lxml import etree

from confapp.domain.agenda import Agenda, Entry, Filter, Link, Room, Session, in_reading_order
from confapp.domain.cleaning import clean_html, clean_line
from confapp.exports import Options, make
from confapp.exports.exchange import acronym
from confapp.exports.tables import guarded
from confapp.exports.wording import KINDS
from confapp.exports.xcal import NAMESPACE
from confapp.imports import read_programme
from confapp.imports.plan import UNDETERMINED, Plan
from tests.agendas import ZONES, agendas, make_agenda, make_facts, make_rooms, uuid_of
from tests.exports.exchange_schemas import validator

OPTIONS = Options(base_url="https://conf.example", language="en")


def made(kind: str, agenda: Agenda) -> bytes:
    return make(kind, agenda, OPTIONS)


# Valid, whatever is in it.


@given(agendas())
def test_any_agenda_is_valid_in_both_forms(real_file: Callable[[str], Path], agenda: Agenda) -> None:
    validator(real_file)(made("xml", agenda), made("json", agenda))


@pytest.mark.parametrize("sessions", [0, 1, 40, 300])
def test_plausible_agendas_are_valid(sessions: int, real_file: Callable[[str], Path]) -> None:
    agenda = make_agenda(sessions, cancelled=sessions // 10)
    for part in (agenda, agenda.filtered(Filter(track="t1")), agenda.filtered(Filter(sessions=frozenset()))):
        validator(real_file)(made("xml", part), made("json", part))


@pytest.mark.parametrize("zone", ["UTC", "US/Eastern", "America/Argentina/Buenos_Aires", "Etc/GMT+3"])
def test_every_zone_is_valid(zone: str, real_file: Callable[[str], Path]) -> None:
    agenda = make_agenda(6, zone=zone)
    validator(real_file)(made("xml", agenda), made("json", agenda))
    assert read_programme(made("json", agenda), "x", timezone=None).conference.timezone == zone


def test_what_the_schemas_only_hint_at() -> None:
    agenda = make_agenda(40)
    repeated = agenda.entries[0]
    again = replace(repeated, uuid=uuid_of("again"), number=99, starts_at=repeated.starts_at + dt.timedelta(hours=9),
                    ends_at=repeated.ends_at + dt.timedelta(hours=9))  # fmt: skip
    agenda = replace(agenda, entries=in_reading_order([*agenda.entries, again]))
    events = etree.fromstring(made("xml", agenda)).findall(".//event")
    for name in ("guid", "id"):
        assert len({event.get(name) for event in events}) == 41
    assert [event.findtext("slug") for event in events] == list(
        dict.fromkeys(event.findtext("slug") for event in events)
    )
    tree = json.loads(made("json", agenda))
    assert "rooms" not in tree["schedule"]
    people = [person for day in tree["schedule"]["conference"]["days"] for room in day["rooms"].values()
              for event in room for person in event["persons"]]  # fmt: skip
    assert people
    assert not any("public_name" in person for person in people)


@pytest.mark.parametrize(("slug", "told"), [("spring-school", "spring_school"), ("ai", "ai_conf"), ("2027", "2027")])
def test_acronyms_fit_both_schemas(slug: str, told: str) -> None:
    assert acronym(slug) == told


def test_equal_agendas_give_equal_bytes() -> None:
    for kind in ("xml", "json", "csv", "xcal"):
        assert made(kind, make_agenda(12)) == made(kind, make_agenda(12))


# Read back.

_NAMES = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Cf", "Zl", "Zp", "Zs", "Cn", "Co")),
                 min_size=1, max_size=20)  # fmt: skip
_LINE = st.lists(_NAMES, min_size=1, max_size=4).map(" ".join).map(clean_line).filter(bool)
_TAGS = ["<p>", "</p>", "<em>", "</em>", "<ul><li>", "</li></ul>", "a & b", "<br>", "\n\n", "x<y"]
_HTML = st.lists(st.sampled_from(_TAGS) | _NAMES, max_size=8).map("".join).map(clean_html)  # fmt: skip


@st.composite
def programmes(draw: st.DrawFn) -> Agenda:
    """Agendas that hold only what the formats can carry: names that differ, whole minutes, one language."""
    zone = draw(st.sampled_from(ZONES))
    facts = replace(
        make_facts(zone, 2, draw(st.sampled_from([dt.date(2027, 3, 14), dt.date(2027, 3, 28)]))),
        languages=("en",),
        title={"en": draw(_LINE)},
        day_change=draw(st.sampled_from([dt.time(0), dt.time(5)])),
    )
    names = draw(st.lists(_LINE, min_size=4, max_size=4, unique_by=lambda name: " ".join(name.split()).casefold()))
    rooms = tuple(replace(room, name={"en": name}) for room, name in zip(make_rooms(2), names[:2], strict=True))
    base = make_agenda(4, rooms=2)
    tracks = tuple(replace(track, name={"en": name}) for track, name in zip(base.tracks[:2], names[2:], strict=True))
    people = [part.person for entry in base.entries for part in entry.session.parts][:3]
    people = [replace(person, name=draw(_LINE)[:60], country=None, affiliation="") for person in people]
    entries = []
    for n in range(draw(st.integers(1, 4))):
        text = draw(_HTML)
        session = Session(
            code=f"ABCDE{n}", uuid=uuid_of("s", n), number=n + 1,
            kind=draw(st.sampled_from(sorted(KINDS))),
            title={"en": draw(_LINE)}, subtitle={"en": draw(_LINE)} if draw(st.booleans()) else {},
            abstract={"en": text} if text else {}, language=draw(st.sampled_from([None, "en"])),
            track=draw(st.none() | st.sampled_from(tracks)),
            parts=tuple(replace(part, person=people[m]) for m, part in enumerate(
                draw(st.lists(st.sampled_from(base.entries[0].session.parts), max_size=2)))),
            links=tuple(draw(st.lists(st.builds(Link, st.sampled_from(["https://x.example/a", "https://x.example/b?c=d&e"]),
                                                _LINE, st.booleans()), max_size=2, unique_by=lambda link: link.url))),
            is_recorded=draw(st.sampled_from([None, True, False])),
        )  # fmt: skip
        start = dt.datetime.combine(facts.starts_on, dt.time(8), dt.UTC) + dt.timedelta(
            minutes=draw(st.integers(0, 2000))
        )
        entries.append(
            Entry(uuid=uuid_of("e", n), number=n + 1, session=session, room=draw(st.none() | st.sampled_from(rooms)),
                  starts_at=start, ends_at=start + dt.timedelta(minutes=draw(st.integers(1, 1439))))
        )  # fmt: skip
    return replace(base, conference=facts, entries=in_reading_order(entries), rooms=rooms, tracks=tracks)


def _words(texts: Any) -> str:
    return next(iter(texts.values()), "")


def of_agenda(agenda: Agenda, *, roles: bool) -> dict[str, Any]:
    """What an agenda says, by guid."""
    return {
        str(entry.uuid): {
            "title": _words(entry.session.title),
            "subtitle": _words(entry.session.subtitle),
            "abstract": _words(entry.session.abstract),
            "kind": entry.session.kind,
            "language": entry.session.language,
            "track": _words(entry.session.track.name) if entry.session.track else None,
            "room": _words(entry.room.name) if entry.room else None,
            "people": [(part.person.name, part.role if roles else "speaker") for part in entry.session.parts],
            "starts_at": entry.starts_at,
            "duration": entry.duration,
            "day": agenda.conference.day_of(entry.starts_at),
            "links": [(link.url, link.title) for link in entry.session.links if not link.is_attachment],
            "attachments": [(link.url, link.title) for link in entry.session.links if link.is_attachment],
            "optout": None if entry.session.is_recorded is None else not entry.session.is_recorded,
        }
        for entry in agenda.shown
    }


def of_plan(plan: Plan) -> dict[str, Any]:
    """What a plan says, by guid."""
    rooms = {room.ref: _words(room.name) for room in plan.rooms}
    tracks = {track.ref: _words(track.name) for track in plan.tracks}
    people = {person.ref: person.name for person in plan.speakers}
    return {
        next(key for key in session.keys if key.startswith("guid:"))[5:]: {
            "title": _words(session.title),
            "subtitle": _words(session.subtitle),
            "abstract": _words(session.abstract_html),
            "kind": session.kind,
            "language": session.language,
            "track": tracks[session.track] if session.track else None,
            "room": rooms[session.room] if session.room else None,
            "people": [(people[ref], role) for ref, role in session.people],
            "starts_at": session.starts_at,
            "duration": session.duration,
            "day": session.day,
            "links": list(session.links),
            "attachments": list(session.attachments),
            "optout": session.recording_optout,
        }
        for session in plan.sessions
    }


@given(programmes())
def test_json_comes_back_whole(agenda: Agenda) -> None:
    plan = read_programme(made("json", agenda), "schedule.json", timezone=None)
    assert plan.refused == ()
    assert of_plan(plan) == of_agenda(agenda, roles=True)
    assert plan.conference.title == agenda.conference.title
    assert {_words(room.name) for room in plan.rooms} == {_words(room.name) for room in agenda.rooms}


@given(programmes())
def test_xml_comes_back_whole_but_for_roles(agenda: Agenda) -> None:
    plan = read_programme(made("xml", agenda), "schedule.xml", timezone=None)
    assert plan.refused == ()
    assert of_plan(plan) == of_agenda(agenda, roles=False)
    assert plan.conference.title == {UNDETERMINED: _words(agenda.conference.title)}


@given(programmes())
def test_a_table_brings_back_what_it_can_carry(agenda: Agenda) -> None:
    shown = of_agenda(agenda, roles=True)
    assume(not any(";" in name or "\n" in name for each in shown.values() for name, _ in each["people"]))
    plan = read_programme(made("csv", agenda), "agenda.csv", timezone=agenda.conference.timezone)
    assert plan.refused == ()
    kept = ("title", "subtitle", "kind", "language", "track", "room", "starts_at", "duration")
    assert {guid: {name: each[name] for name in kept} for guid, each in of_plan(plan).items()} == {
        guid: {name: each[name] for name in kept} for guid, each in shown.items()
    }
    names = {guid: sorted(name for name, _ in each["people"]) for guid, each in of_plan(plan).items()}
    assert names == {
        guid: sorted(dict.fromkeys(name for name, _ in each["people"])) for guid, each in shown.items()
    } or all(set(names[guid]) == {name for name, _ in each["people"]} for guid, each in shown.items())


@given(programmes())
def test_a_calendar_brings_back_what_it_can_carry(agenda: Agenda) -> None:
    plan = read_programme(made("ics", agenda), "agenda.ics", timezone=None)
    kept = ("title", "starts_at", "duration", "track")
    assert {guid: {name: each[name] for name in kept} for guid, each in of_plan(plan).items()} == {
        guid: {name: each[name] for name in kept} for guid, each in of_agenda(agenda, roles=True).items()
    }


def test_texts_in_several_languages_come_back_in_json() -> None:
    agenda = make_agenda(4)
    first = agenda.entries[0]
    texts = {"en": "Yeast", "fr": "Levure"}
    session = replace(first.session, title=texts, abstract={"en": "<p>A</p>", "fr": "<p>B</p>"})
    room = Room("x", uuid_of("x"), {"en": "Hall", "fr": "Salle"})
    agenda = replace(agenda, entries=(replace(first, session=session, room=room),), rooms=(room,))
    plan = read_programme(made("json", agenda), "x", timezone=None)
    (found,) = plan.sessions
    assert (found.title, found.abstract_html) == (texts, session.abstract)
    assert [each.name for each in plan.rooms] == [room.name]
    assert plan.conference.title == agenda.conference.title


# Tables and xCal.


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "'=1", "'"])
def test_no_cell_is_a_formula(cell: str) -> None:
    assert guarded(cell) == f"'{cell}"
    agenda = make_agenda(1, titles=[cell.strip() or "x"])
    rows = list(csv.DictReader(io.StringIO(made("csv", agenda).decode("utf-8-sig"), newline="")))
    assert not rows[0]["Title"].startswith(("=", "+", "-", "@"))


def test_a_table_holds_a_row_for_each_entry() -> None:
    rows = list(csv.DictReader(io.StringIO(made("csv", make_agenda(40)).decode("utf-8-sig"), newline="")))
    assert len(rows) == 40
    assert (rows[0]["Date"], rows[0]["Start"], rows[0]["End"], rows[0]["Duration"]) == (
        "2027-03-08", "09:00", "09:40", "00:40")  # fmt: skip
    assert all(None not in row and None not in row.values() for row in rows)


@given(agendas())
def test_xcal_is_well_formed_and_says_what_the_calendar_says(agenda: Agenda) -> None:
    root = etree.fromstring(made("xcal", agenda))
    names = {"i": NAMESPACE}
    told = root.xpath("//i:vevent/i:properties/i:uid/i:text/text()", namespaces=names)
    assert sorted(told) == sorted(line.removeprefix("UID:") for line in made("ics", agenda).decode().splitlines()
                                  if line.startswith("UID:"))  # fmt: skip
    starts = root.xpath("//i:vevent/i:properties/i:dtstart/i:date-time/text()", namespaces=names)
    assert len(starts) == len(told)
