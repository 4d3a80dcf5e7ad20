"""What other systems write beside what their formats ask for: each read as it is meant, or told of."""

from __future__ import annotations

import datetime as dt

import pytest

from confapp.imports.times import read_duration
from tests.imports.test_formats import ZONE, calendar, only, read, sessionize, submission

TEN = dt.datetime(2026, 5, 12, 8, tzinfo=dt.UTC)
TALK = {"title": "Yeast", "start": "2026-05-12T10:00:00+02:00", "end": "2026-05-12T10:30:00+02:00", "room": 3}
LUNCH = {"start": "2026-05-12T12:00:00+02:00", "end": "2026-05-12T13:00:00+02:00", "room": 3}


@pytest.mark.parametrize(
    "tree",
    [
        {"talks": [TALK | {"code": "ABC123"}, LUNCH | {"title": {"en": "Lunch"}, "id": 2}],
         "rooms": [{"id": 3, "name": "Aula"}]},
        {"slots": [TALK | {"submission": submission(slot=None)}], "rooms": [{"id": 3, "name": "Aula"}],
         "breaks": [LUNCH | {"description": {"en": "Lunch"}}]},
    ],
    ids=["among talks", "beside slots"],
)  # fmt: skip
def test_breaks_of_a_pretalx_schedule_are_breaks(tree):
    plan = read(tree, timezone=ZONE)
    assert [(session.kind, session.room) for session in plan.sessions] == [
        ("talk", "name:aula"),
        ("break", "name:aula"),
    ]
    assert plan.sessions[1].title == {"en": "Lunch"}


def test_numbers_of_what_a_file_does_not_hold_become_no_names():
    plan = read([submission(track=2, slot=TALK)], timezone=ZONE)
    assert (plan.tracks, plan.rooms, only(plan).room) == ((), (), None)
    assert [(each.field, each.value) for each in plan.warnings if "number alone" in each.message] == [
        ("track", "2"), ("room", "3")]  # fmt: skip


def test_sessionize_s_grid_tells_each_session_twice():
    talk = sessionize()
    slots = [{"slotStart": "10:00:00", "rooms": [{"id": 3, "name": "Aula", "session": talk, "index": 0}]}]
    plan = read([{"date": "2026-05-12", "rooms": [{"id": 3, "name": "Aula", "sessions": [talk]}], "timeSlots": slots}],
                timezone=ZONE)  # fmt: skip
    assert (only(plan).starts_at, plan.refused) == (TEN, ())


def test_a_calendar_that_takes_back_cancels():
    plan = read(calendar("UID:1", "SUMMARY:Yeast", "DTSTART:20260512T080000Z", head=("METHOD:CANCEL",)), timezone=ZONE)
    assert only(plan).state == "cancelled"


@pytest.mark.parametrize("title", ["Zürich", "Ελλάδα", "Sparks 🧬 fly"])
def test_lines_may_be_folded_within_a_character(title):
    whole = calendar("UID:1", f"SUMMARY:{title}", "DTSTART:20260512T080000Z", "DURATION:PT30M")
    inside = next(place for place, byte in enumerate(whole) if byte & 0xC0 == 0x80)
    plan = read(whole[:inside] + b"\r\n " + whole[inside:], timezone=ZONE)
    assert only(plan).title == {"und": title}
    assert [each for each in plan.warnings if each.field == "file"] == []


@pytest.mark.parametrize(
    ("written", "minutes"),
    [("1h", 60), ("1h30", 90), ("2 hours 5 min", 125), ("90 min", 90), ("45 minutes", 45), ("45m", 45), ("45", 45),
     ("1 day, 0:30:00", 1470), ("0:30:00.000", 30), ("1:30", 90), ("PT1H", 60)],
)  # fmt: skip
def test_lengths_as_people_and_programs_write_them(written, minutes):
    assert read_duration(written) == dt.timedelta(minutes=minutes)


@pytest.mark.parametrize("written", ["", "h", "-0:30", "soon", "1h 30 apples", "99 days, 0:00", "min"])
def test_what_is_no_length(written):
    assert read_duration(written) is None


@pytest.mark.parametrize("times", ["10:00 - 10:30", "10:00-10:30", "10.00 Uhr – 10.30 Uhr", "10 am to 10:30 am"])
def test_both_ends_may_stand_in_one_cell(times):
    session = only(read(f"title;date;time\nX;12 May 2026;{times}".encode(), timezone=ZONE))
    assert (session.starts_at, session.duration) == (TEN, dt.timedelta(minutes=30))


def test_headings_may_have_accents():
    plan = read("Titre;Date;Début;Durée;Salle;Intervenant\nX;2026-05-12;10h00;30;Aula;Ada".encode(), timezone=ZONE)
    assert (only(plan).starts_at, only(plan).room, [each.name for each in plan.speakers]) == (TEN, "name:aula", ["Ada"])


@pytest.mark.parametrize(
    ("days", "told"), [(["5/6/2026"], "5/6/2026"), (["5/5/2026"], None), (["5/6/2026", "13/6/2026"], None)]
)
def test_dates_that_could_be_either_are_told(days, told):
    rows = "\n".join(f"X,{day},10:00,30" for day in days)
    plan = read(f"title,date,start,duration\n{rows}".encode(), timezone=ZONE)
    assert next((each.value for each in plan.warnings if "month first" in each.message), None) == told
