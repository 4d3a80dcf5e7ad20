"""A day on sheets: nothing overlaps or sticks out, times run down alike, and words fit or are cut with an ellipsis."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given, settings

from confapp.exports.grids import HEAD, SIZES, UNBROKEN, Sheet, _dealt, sheets
from confapp.exports.measuring import wrapped
from confapp.exports.wording import Voice
from tests.agendas import agendas, make_agenda

A4_ACROSS = {"width": 277.0, "height": 174.0}


def laid(agenda, day: dt.date | None = None, **size: float) -> list[Sheet]:
    labels = {entry.number: (f"#{entry.number}", "#") for entry in agenda.entries}
    voice = Voice(agenda.conference, "en")
    return sheets(agenda, day or agenda.days[0], voice, labels=labels, **(A4_ACROSS | size))


def blocks(sheet: Sheet):
    return [*sheet.everywhere, *(block for column in sheet.columns for block in column.blocks)]


def check(sheet: Sheet, width: float, height: float) -> None:
    """No block sticks out of its sheet or lies on another, and what begins earlier lies no lower."""
    assert sheet.height <= height + 0.01
    for block in blocks(sheet):
        assert block.x >= 0
        assert block.x + block.width <= width + 0.01
        assert block.y >= HEAD - 0.01
        assert block.y + block.height <= sheet.height + 0.01
        assert block.height > 0
    for one, other in combinations(blocks(sheet), 2):
        assert (
            one.x + one.width <= other.x + 0.01
            or other.x + other.width <= one.x + 0.01
            or one.y + one.height <= other.y + 0.01
            or other.y + other.height <= one.y + 0.01
        )
        if one.entry.starts_at == other.entry.starts_at:
            assert one.y == pytest.approx(other.y)
        elif one.entry.starts_at < other.entry.starts_at:
            assert one.y < other.y


def test_a_day_of_few_rooms_is_one_sheet_that_says_everything():
    agenda = make_agenda(24)
    [sheet] = laid(agenda)
    check(sheet, **A4_ACROSS)
    assert sheet.points == SIZES[0]
    assert len(blocks(sheet)) == len(agenda.on(agenda.days[0]))
    for block in blocks(sheet):
        assert block.title == block.entry.session.title["en"]
        assert block.people == ", ".join(person.name for person in block.entry.session.people())


def test_hours_lie_where_their_sessions_begin():
    [sheet] = laid(make_agenda(24))
    nine = next(block for block in blocks(sheet) if block.entry.starts_at == dt.datetime(2027, 3, 8, 8, tzinfo=dt.UTC))
    (name, y), *later = sheet.hours
    assert name == "09:00"
    assert y == pytest.approx(nine.y)
    assert [name for name, _ in later] == ["10:00"]


def test_what_is_for_all_alone_spans_all_rooms():
    agenda = make_agenda(12, rooms=3, days=1)
    [pause] = [entry for entry in agenda.entries if entry.session.kind == "break"]
    later = dt.timedelta(hours=9)
    moved = replace(pause, starts_at=pause.starts_at + later, ends_at=pause.ends_at + later)
    entries = tuple(moved if entry is pause else entry for entry in agenda.entries)
    [sheet] = laid(replace(agenda, entries=entries))
    [across] = sheet.everywhere
    assert across.width == pytest.approx(sum(column.width for column in sheet.columns))
    assert [column.room.code for column in sheet.columns] == ["R1", "R2", "R3"]


def test_rooms_go_on_to_further_sheets_about_equally_full():
    agenda = make_agenda(70, rooms=35, days=1)
    made = laid(agenda)
    assert [(sheet.number, sheet.of) for sheet in made] == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert all(8 <= len(sheet.columns) <= 10 for sheet in made)
    assert [column.room.code for sheet in made for column in sheet.columns if column.room] == [
        f"R{n + 1}" for n in range(35)
    ]


def test_no_sheet_is_left_to_a_last_room():
    """Rooms with lanes are wider: filling sheets one after another left the last room one of its own."""
    for rooms in range(9, 60):
        made = _dealt([(None, [[]] * (2 if n % 5 == 0 else 1)) for n in range(rooms)], 10.6)
        widths = [sum((1 + len(lanes)) / 2 for _room, lanes in sheet) for sheet in made]
        assert sum(len(sheet) for sheet in made) == rooms
        assert max(widths) <= 10.6
        assert max(widths) - min(widths) <= 2


def test_type_becomes_smaller_before_words_are_cut():
    agenda = make_agenda(40, rooms=8, days=1)
    roomy, tight = (laid(agenda, height=height)[0] for height in (174.0, 80.0))
    assert tight.points < roomy.points
    check(tight, 277.0, 80.0)
    [cramped] = laid(agenda, height=40.0)
    check(cramped, 277.0, 40.0)
    assert any(block.title.endswith("…") for block in blocks(cramped))


def test_a_long_word_makes_the_type_smaller_before_it_is_broken():
    [plain], [long] = (
        laid(make_agenda(12, days=1), width=170.0),
        laid(make_agenda(12, days=1, titles=["Biotechnologiekonferenz"]), width=170.0),
    )
    assert UNBROKEN <= long.points < plain.points


def test_a_long_day_that_nothing_fills_stays_short():
    agenda = make_agenda(2, rooms=2, days=1)
    assert laid(agenda)[0].height < 70


@pytest.mark.parametrize(
    ("words", "room", "lines"),
    [
        ("", 10.0, []),
        ("Phage therapy", 20.0, ["Phage therapy"]),
        ("Phage therapy", 5.0, ["Phage", "therapy"]),
        ("Antibodies", 3.0, ["Antib", "odies"]),
        ("漢字漢字", 2.1, ["漢字", "漢字"]),
    ],
)
def test_words_are_wrapped_as_the_font_is_wide(words, room, lines):
    assert wrapped(words, room, 400) == lines


def test_bold_words_need_more_room():
    words = "Microbial forensics under export control"
    assert len(wrapped(words, 9.0, 700)) >= len(wrapped(words, 9.0, 400))


@settings(max_examples=30, deadline=None)
@given(agendas(most=7))
def test_whatever_a_day_holds_nothing_overlaps_or_sticks_out(agenda):
    for day in agenda.days:
        made = laid(agenda, day)
        for sheet in made:
            check(sheet, **A4_ACROSS)
        in_rooms = [block.entry for sheet in made for column in sheet.columns for block in column.blocks]
        assert {entry.number for entry in in_rooms} | {b.entry.number for b in made[0].everywhere} == {
            entry.number for entry in agenda.on(day)
        }
