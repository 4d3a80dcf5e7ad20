"""Two agendas on one grid: every difference once where it is now, and what is gone where it was."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from hypothesis import given

from confapp.domain.agenda import Agenda
from confapp.domain.release.freezing import compare
from confapp.hall.comparing import Comparison, compared
from tests.domain.letters.test_concerns import AULA, LAB, agenda, agendas, entry


def of(before: Agenda, after: Agenda, day: dt.date | None = None, *, all_rooms: bool = True) -> Comparison:
    return compared(before, after, compare(before, after), day, all_rooms=all_rooms)


def shown(grid: Comparison) -> list[tuple[str, str, str, tuple[str, ...]]]:
    """(session, room, what became of it, what differs) of every cell, by row."""
    assert grid.table is not None
    cells = [cell.entry for row in grid.table.rows for cell in row.cells if cell.entry]
    return [
        (each.session.code, each.room.code if each.room else "", grid.mark(each).kind, grid.mark(each).names)
        for each in cells
    ]


def test_each_kind_of_difference_is_marked_where_it_is() -> None:
    one, two, three, four = entry(1), entry(2, hour=1), entry(3, hour=2), entry(4, hour=3)
    longer = replace(two, ends_at=two.ends_at + dt.timedelta(minutes=15))
    retitled = replace(three, session=replace(three.session, title={"en": "Retold"}))
    grid = of(agenda(one, two, three), agenda(replace(one, room=LAB), longer, retitled, four))
    assert shown(grid) == [
        ("S1", "aula", "left", ("room",)),
        ("S1", "lab", "changed", ("room",)),
        ("S2", "aula", "changed", ("duration",)),
        ("S3", "aula", "changed", ("title",)),
        ("S4", "aula", "new", ()),
    ]
    assert grid.days == ((one.starts_at.date(), 4),)


def test_what_is_cancelled_stands_where_it_was() -> None:
    one, two = entry(1), entry(2, where=LAB)
    grid = of(agenda(one, two), agenda(two))
    assert ("S1", "aula", "cancelled", ("text",)) in shown(grid)
    assert ("S2", "lab", "same", ()) in shown(grid)


def test_rooms_in_which_nothing_differs_are_left_out_unless_asked_for() -> None:
    one, two = entry(1), entry(2, where=LAB)
    grid = of(
        agenda(one, two), agenda(replace(one, ends_at=one.ends_at + dt.timedelta(minutes=5)), two), all_rooms=False
    )
    assert {room for _session, room, _kind, _names in shown(grid)} == {"aula"}


def test_the_first_day_with_a_difference_is_shown_unless_another_is_asked_for() -> None:
    one, two = entry(1), entry(2, hour=24)
    grid = of(agenda(one, two), agenda(one, replace(two, room=LAB)))
    assert grid.day == two.starts_at.date()
    assert of(agenda(one, two), agenda(one, replace(two, room=LAB)), one.starts_at.date()).day == one.starts_at.date()


def test_a_room_that_changed_its_name_is_one_column() -> None:
    one = entry(1)
    renamed = replace(one, room=replace(AULA, name={"en": "Great hall"}))
    grid = of(agenda(one), agenda(renamed))
    assert shown(grid) == [("S1", "aula", "changed", ("room",))]


@given(before=agendas(), after=agendas())
def test_every_difference_is_on_the_grid_of_its_day_once(before: Agenda, after: Agenda) -> None:
    changes = compare(before, after)
    found: list[str] = []
    for day in {*before.days, *after.days}:
        grid = of(before, after, day)
        found += [session for session, _room, kind, _names in shown(grid) if kind in ("new", "changed", "cancelled")]
    assert sorted(found) == sorted(
        (change.after or change.before).session.code
        for change in changes  # type: ignore[union-attr]
    )
