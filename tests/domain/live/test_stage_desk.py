"""What a stage desk looks at: the item that runs, that just ended, that comes; and the minutes on its clock."""

import datetime as dt

import pytest

from confapp.domain.live.stage import Fact, Standing
from confapp.domain.live.stage_desk import LINGERS, Item, following, in_room, on_stage, sign
from tests.agendas import make_agenda

AGENDA = make_agenda(44, 6)
ROOM = AGENDA.rooms[0].code
ITEMS = in_room([Item(entry) for entry in AGENDA.shown], ROOM)
OWN = [item for item in ITEMS if item.entry.room is not None]
FIRST, SECOND = OWN[0], OWN[1]
MINUTE = dt.timedelta(minutes=1)


def _with(*said: tuple[Item, Fact, dt.datetime]) -> list[Item]:
    """The room's items, some of which something was said of."""
    standing = {item.entry.uuid: Standing(fact, at) for item, fact, at in said}
    return [Item(item.entry, standing.get(item.entry.uuid)) for item in ITEMS]


def _title(item: Item | None) -> str:
    assert item is not None
    return item.entry.session.title["en"]


def test_before_the_day_the_first_item_comes() -> None:
    assert _title(on_stage(ITEMS, now=FIRST.entry.starts_at - dt.timedelta(hours=5))) == _title(FIRST)


def test_what_runs_stays_in_view_beyond_its_end() -> None:
    items = _with((FIRST, Fact.STARTED, FIRST.entry.starts_at))
    assert _title(on_stage(items, now=SECOND.entry.ends_at)) == _title(FIRST)


def test_what_was_started_last_goes_before_what_nobody_ended() -> None:
    items = _with(
        (FIRST, Fact.RUNNING_OVER, FIRST.entry.ends_at),
        (SECOND, Fact.STARTED, SECOND.entry.starts_at + MINUTE),
    )
    assert _title(on_stage(items, now=SECOND.entry.ends_at)) == _title(SECOND)


def test_an_end_lingers_and_then_what_comes_is_shown() -> None:
    ended = SECOND.entry.starts_at
    items = _with((FIRST, Fact.ENDED, ended))
    assert _title(on_stage(items, now=ended + LINGERS - MINUTE / 60)) == _title(FIRST)
    assert _title(on_stage(items, now=ended + LINGERS)) == _title(SECOND)


def test_what_was_cancelled_is_passed_over() -> None:
    items = _with((FIRST, Fact.CANCELLED, FIRST.entry.starts_at - MINUTE))
    shown = on_stage(items, now=FIRST.entry.starts_at)
    assert _title(shown) == _title(SECOND)


def test_after_the_last_item_it_stays() -> None:
    assert _title(on_stage(ITEMS, now=OWN[-1].entry.ends_at + dt.timedelta(days=9))) == _title(OWN[-1])
    assert on_stage([], now=FIRST.entry.starts_at) is None


def test_what_follows_is_still_to_come() -> None:
    now = FIRST.entry.starts_at
    found = following(ITEMS, FIRST, now=now)
    assert len(found) == 3
    assert all(item.entry.starts_at >= FIRST.entry.starts_at and item.fact is None for item in found)
    assert FIRST.entry.uuid not in {item.entry.uuid for item in found}


@pytest.mark.parametrize(
    ("fact", "minutes", "left"),
    [
        (None, -1, None),
        (None, 0, "whole"),
        (Fact.STARTED, -5, "more"),
        (Fact.ENDED, 1, None),
        (Fact.CANCELLED, 1, None),
    ],
)
def test_the_minutes_left(fact: Fact | None, minutes: int, left: str | None) -> None:
    entry = FIRST.entry
    item = Item(entry, Standing(fact, entry.starts_at) if fact else None)
    whole = int(entry.duration.total_seconds() // 60)
    expected = {"whole": whole, "more": whole + 5, None: None}[left]
    assert item.minutes_left(entry.starts_at + minutes * MINUTE) == expected


def test_half_a_minute_rounds_away_from_the_end() -> None:
    item = Item(FIRST.entry, Standing(Fact.STARTED, FIRST.entry.starts_at))
    assert item.minutes_left(FIRST.entry.ends_at - MINUTE / 2) == 1
    assert item.minutes_left(FIRST.entry.ends_at) == 0
    assert item.minutes_left(FIRST.entry.ends_at + MINUTE / 2) == -1
    assert Item(FIRST.entry).minutes_left(FIRST.entry.ends_at) is None


def test_the_sign_is_about_one_room_and_one_day() -> None:
    current, upcoming = sign(AGENDA, ROOM, now=FIRST.entry.starts_at)
    assert current == FIRST.entry
    day = AGENDA.conference.day_of(FIRST.entry.starts_at)
    assert upcoming
    assert {AGENDA.conference.day_of(entry.starts_at) for entry in upcoming} == {day}
    assert {entry.room.code for entry in upcoming if entry.room} == {ROOM}
