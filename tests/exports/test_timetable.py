"""The grid of a day: every lane of every row is filled exactly once, and every entry stands in it once."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from confapp.domain.agenda import Agenda, Entry, in_reading_order
from confapp.exports.timetable import STEPS, Timetable, timetable
from tests.agendas import make_agenda

NINE = dt.datetime(2027, 3, 8, 8, tzinfo=dt.UTC)
DAY = dt.date(2027, 3, 8)


def programme(*wanted: tuple[int | None, int, int]) -> Agenda:
    """An agenda of one entry for each (room or None, minutes after nine, minutes long)."""
    agenda = make_agenda(sessions=len(wanted), rooms=4, days=1)
    entries: list[Entry] = []
    for entry, (room, begins, lasts) in zip(agenda.entries, wanted, strict=True):
        starts_at = NINE + dt.timedelta(minutes=begins)
        ends_at = starts_at + dt.timedelta(minutes=lasts)
        place = None if room is None else agenda.rooms[room]
        entries.append(replace(entry, room=place, starts_at=starts_at, ends_at=ends_at))
    return replace(agenda, entries=in_reading_order(entries))


def shape(table: Timetable) -> list[list[tuple[bool, int, int]]]:
    """Each row's cells as (is there an entry, rowspan, colspan)."""
    return [[(cell.entry is not None, cell.rowspan, cell.colspan) for cell in row.cells] for row in table.rows]


def test_rooms_stand_side_by_side_in_their_order() -> None:
    table = timetable(programme((1, 0, 30), (0, 0, 30)), DAY)
    assert [column.room.code for column in table.columns if column.room] == ["R1", "R2"]
    assert shape(table) == [[(True, 1, 1), (True, 1, 1)]]


def test_a_long_entry_reaches_over_the_beginnings_beside_it() -> None:
    table = timetable(programme((0, 0, 60), (1, 0, 30), (1, 30, 30)), DAY)
    assert shape(table) == [[(True, 2, 1), (True, 1, 1)], [(True, 1, 1)]]


def test_a_break_of_the_whole_venue_spans_all_rooms() -> None:
    table = timetable(programme((0, 0, 30), (1, 0, 30), (None, 30, 15)), DAY)
    assert [column.room is None for column in table.columns] == [False, False]
    assert shape(table)[1] == [(True, 1, 2)]


def test_beside_something_else_the_whole_venue_has_its_own_column() -> None:
    table = timetable(programme((0, 0, 60), (None, 30, 15)), DAY)
    assert [column.room is None for column in table.columns] == [True, False]


def test_overlapping_entries_of_one_room_share_its_column() -> None:
    table = timetable(programme((0, 0, 30), (0, 15, 30), (0, 60, 30)), DAY)
    assert [column.lanes for column in table.columns] == [2]
    assert [cell for row in shape(table) for cell in row if cell[0]] == [(True, 2, 1), (True, 2, 1), (True, 1, 2)]


def test_a_day_without_entries_is_an_empty_grid() -> None:
    table = timetable(programme((0, 0, 30)), DAY + dt.timedelta(days=1))
    assert (table.columns, table.rows, table.width) == ((), (), 0)


def test_rows_are_as_high_as_their_time_and_say_where_something_begins() -> None:
    table = timetable(programme((0, 0, 20), (0, 27, 240)), DAY)
    assert [(row.step, row.is_start) for row in table.rows] == [(20, True), (5, False), (60, True)]


@given(
    st.lists(
        st.tuples(st.none() | st.integers(0, 3), st.integers(0, 40).map(lambda n: n * 5), st.integers(1, 60)),
        min_size=1,
        max_size=14,
    )
)
def test_every_lane_of_every_row_is_filled_once(wanted: list[tuple[int | None, int, int]]) -> None:
    agenda = programme(*wanted)
    table = timetable(agenda, DAY)
    covered: Counter[tuple[int, int]] = Counter()
    for number, row in enumerate(table.rows):
        lane = 0
        for cell in row.cells:
            while covered[number, lane]:  # as a browser does: the next place that nothing reaches into
                lane += 1
            covered.update(
                (number + down, lane + right) for down in range(cell.rowspan) for right in range(cell.colspan)
            )
            if cell.entry:
                assert cell.entry.starts_at == row.starts_at
        assert row.step in STEPS
    assert set(covered.values()) == {1}
    assert set(covered) == {(row, lane) for row in range(len(table.rows)) for lane in range(table.width)}
    shown = [cell.entry.uuid for row in table.rows for cell in row.cells if cell.entry]
    assert sorted(shown) == sorted(entry.uuid for entry in agenda.shown)
