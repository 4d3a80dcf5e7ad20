"""Signs, speakers' and chairs' sheets: PDF/UA-1, equal bytes, all that the day needs, nothing that hostile words do."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from confapp.domain.agenda import Agenda, Entry, Filter
from confapp.domain.papers import Contact
from confapp.exports import marks
from confapp.exports.chair_sheets import chair_sheets_pdf
from confapp.exports.ical import calendar
from confapp.exports.printing import OnlyFonts
from confapp.exports.signs import signs_pdf
from confapp.exports.speaker_sheets import speaker_sheets_pdf
from tests.agendas import make_agenda
from tests.exports.pdfs import failures, links, pages, reader, size

BASE = "https://conf.example"
CONTACTS = (Contact("academy", "Maj. Élise Dubois", "host@academy.example"), Contact("institute", "", "desk@x.example"))
NEEDS = {"P1": "A ramp.\nNo peanuts."}
LIFE = "<p>Reads genomes of what grows on <b>hulls</b>. " + "She teaches officers to do so as well. " * 20 + "</p>"


def signs(agenda: Agenda, **options: Any) -> bytes:
    return signs_pdf(agenda, **{"base_url": BASE, "language": "en"} | options)


def speakers(agenda: Agenda, needs: Mapping[str, str] | None = None, **options: Any) -> bytes:
    return speaker_sheets_pdf(agenda, CONTACTS, needs, **{"base_url": BASE, "language": "en"} | options)


def chairs(agenda: Agenda, **options: Any) -> bytes:
    return chair_sheets_pdf(agenda, **{"base_url": BASE, "language": "en"} | options)


MAKERS: tuple[Callable[..., bytes], ...] = (signs, speakers, chairs)


def lived(agenda: Agenda) -> Agenda:
    """The same with biographies, and rules for the panel."""

    def told(entry: Entry) -> Entry:
        talk = entry.session
        parts = tuple(replace(part, person=replace(part.person, biography={"en": LIFE})) for part in talk.parts)
        return replace(entry, session=replace(talk, parts=parts, is_chatham_house=talk.kind == "panel"))

    return replace(agenda, entries=tuple(told(entry) for entry in agenda.entries))


@pytest.fixture(scope="module")
def agenda() -> Agenda:
    return lived(make_agenda(14, rooms=3, cancelled=1, titles=["Opening", "Τα όρια", "بناء الثقة", "🧬 漢"]))


@pytest.mark.parametrize("make", MAKERS)
def test_they_are_pdf_ua_and_made_the_same_again(agenda: Agenda, make: Callable[..., bytes]) -> None:
    data = make(agenda)
    assert failures(data) == []
    assert make(agenda) == data
    assert size(data) == (595, 842)
    assert size(make(agenda.filtered(Filter(session="S1")), size="Letter")) == (612, 792)
    told = reader(data).metadata
    assert told.creation_date == told.modification_date == agenda.released_at
    assert "Release 7" in " ".join(pages(data))


@pytest.mark.parametrize("make", MAKERS)
def test_right_to_left_and_empty_ones_are_pdf_ua(agenda: Agenda, make: Callable[..., bytes]) -> None:
    facts = replace(agenda.conference, title={"ar": "التقنية الحيوية في الدفاع"}, languages=("ar",))
    few = replace(agenda, conference=facts, entries=agenda.entries[:4])
    assert failures(make(few, language="ar")) == []
    assert failures(make(replace(agenda, entries=(), rooms=(), tracks=(), hosts=()))) == []


# Signs.


def test_there_is_a_sign_for_each_room_on_each_day(agenda: Agenda) -> None:
    told = pages(signs(agenda))
    assert len(told) == 6
    assert "Royal Academy, Renaissance Wing, Floor 0, Avenue 30, Brussels Monday, March 8, 2027" in told[0]
    assert "Auditorium" in told[0]
    assert "Tuesday, March 9, 2027" in told[1]
    assert "Coffee and posters" in told[0]
    assert links(signs(agenda)) == {f"{BASE}/biodefence-27/rooms/R{n}/sign" for n in (1, 2, 3)}


def test_signs_of_one_room_or_day(agenda: Agenda) -> None:
    day = agenda.days[1]
    [told] = pages(signs(agenda.filtered(Filter(room="R2", day=day))))
    assert "Lecture Room 1" in told
    assert "Tuesday, March 9, 2027" in told
    assert len(pages(signs(agenda.filtered(Filter(day=day))))) == 3


def test_a_full_day_still_fits_its_page() -> None:
    data = signs(make_agenda(19, rooms=1, days=1))
    assert len(pages(data)) == 1
    assert failures(data) == []


def test_a_room_without_anything_has_no_sign(agenda: Agenda) -> None:
    alone = replace(agenda, entries=tuple(entry for entry in agenda.entries if entry.room is None))
    assert pages(signs(alone)) == ["No room has anything on it."]


# Speakers.


def test_a_speakers_sheet_says_where_to_be_and_whom_to_ask(agenda: Agenda) -> None:
    mine = agenda.filtered(Filter(speaker="P1"))
    data = speakers(mine)
    told = " ".join(pages(data))
    assert failures(data) == []
    assert "YOUR SHEET Björn Vandamme Harbour Biotech Biotechnology in Defence 2027" in told
    for entry in mine.shown:
        assert f"{entry.starts_at.astimezone(agenda.conference.zone):%H:%M}" in told
    assert "Chair" in told
    assert "ten minutes before the start" in told
    assert "Maj. Élise Dubois, host@academy.example" in told
    assert "What is said may be used, but not who said it" in told
    assert "Release 7, February 1, 2027, 10:30. All times: Europe/Brussels." in told
    assert reader(data).attachments == {"sessions.ics": [calendar(mine, base_url=BASE, language="en")]}


def test_needs_are_on_the_organisers_copy_alone(agenda: Agenda) -> None:
    mine = agenda.filtered(Filter(speaker="P1"))
    ours, own = " ".join(pages(speakers(mine, NEEDS))), " ".join(pages(speakers(mine)))
    assert "SPEAKER'S SHEET, ORGANISERS' COPY" in ours
    assert "Needs A ramp. No peanuts." in ours
    assert "not to be handed out" in ours
    assert "ramp" not in own


def test_everybody_with_a_part_has_a_sheet_by_name(agenda: Agenda) -> None:
    data = speakers(agenda, {})
    told = pages(data)
    assert {each.name for each in agenda.people.values()} == {
        person.name for person in agenda.people.values() if any(person.name in page for page in told)
    }
    assert "Amélie" in told[0]
    assert reader(data).attachments == {}


# Chairs.


def test_a_chairs_sheet_has_the_clock_who_speaks_and_room_for_notes(agenda: Agenda) -> None:
    panel = agenda.filtered(Filter(session="S4"))
    data = chairs(panel)
    told = " ".join(pages(data))
    assert failures(data) == []
    for words in (
        "CHAIR'S SHEET · PANEL 🧬",
        "09:45–10:25",
        "Chair: Björn Vandamme, Harbour Biotech",
        "Chatham House Rule. Say so at the start",
        "The clock: 40 minutes",
        "Meet the speakers",
        "Questions apart, each of the 3 speakers has about 10 minutes.",
        "Reads genomes of what grows on hulls.",
        "How the name is said:",
        "Notes and questions",
    ):
        assert words in told, words
    for moment in ("09:35", "09:45", "10:15", "10:20", "10:24", "10:25"):
        assert moment in told, moment
    assert "She teaches officers to do so as well. " * 15 not in told
    assert reader(data).attachments == {"session.ics": [calendar(panel, base_url=BASE, language="en")]}


@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_no_page_of_a_chairs_sheet_holds_its_foot_alone(agenda: Agenda, paper: str) -> None:
    told = pages(chairs(replace(agenda, entries=agenda.entries[:8]), size=paper))
    assert all("Release 7" in each for each in told)
    assert [each for each in told if not re.search("CHAIR'S SHEET|Notes and questions|How the name", each)] == []


def test_breaks_and_what_is_cancelled_have_no_chair(agenda: Agenda) -> None:
    told = " ".join(pages(chairs(agenda)))
    [gone] = [entry for entry in agenda.entries if entry.is_cancelled]
    assert gone.session.title["en"] not in told
    assert "Next in this room: 🧬" in told
    assert "CHAIR'S SHEET · BREAK" not in told


# Hostile words.

HOSTILE = (
    "</td><style>*{display:none}</style><img src='http://evil.example/i.png'><svg/onload=x> {{ 7 * 7 }} "
    "<a href='file:///etc/passwd'>x</a>\x00\u202e" + "x" * 300
)


@pytest.mark.parametrize("make", MAKERS)
def test_hostile_words_fetch_nothing_and_break_nothing(
    agenda: Agenda, make: Callable[..., bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    fetch = OnlyFonts.fetch

    def noted(self: OnlyFonts, url: str, headers: Any = None) -> Any:
        asked.append(url)
        return fetch(self, url, headers)

    monkeypatch.setattr(OnlyFonts, "fetch", noted)
    texts = {"en": HOSTILE}

    def spoilt(entry: Entry) -> Entry:
        talk, room = entry.session, entry.room
        parts = tuple(
            replace(part, person=replace(part.person, name=HOSTILE, affiliation=HOSTILE, biography=texts))
            for part in talk.parts
        )
        bad = (
            replace(room, name=texts, floor=HOSTILE, venue=replace(room.venue, name=texts, address=HOSTILE))
            if room and room.venue
            else room
        )
        return replace(entry, room=bad, session=replace(talk, title=texts, parts=parts))

    entries = tuple(spoilt(entry) for entry in agenda.entries[:4])
    rooms = tuple({entry.room.code: entry.room for entry in entries if entry.room}.values())
    facts = replace(agenda.conference, title=texts, city=HOSTILE, contact=HOSTILE)
    data = make(replace(agenda, conference=facts, entries=entries, rooms=rooms))
    assert failures(data) == []
    assert all(url.startswith(marks.SCHEME) or url.endswith(".ttf") for url in asked)
    assert all(link.startswith(BASE) for link in links(data))
    assert "{{ 7 * 7 }}" in " ".join(pages(data))
