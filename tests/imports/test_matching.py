"""Things are recognised by the strongest key that tells, and never by one that two things share."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from confapp.imports.matching import STRENGTH, Known, match
from confapp.imports.plan import Planned, unshared

KEYS = st.lists(st.builds("{}:{}".format, st.sampled_from(STRENGTH), st.sampled_from("abcd")), min_size=1, max_size=4)


def known(*keys: str, is_imported: bool = True) -> Known:
    return Known(target=uuid.uuid4(), keys=keys, seen={"title": "x"} if is_imported else {}, current={})


def found(things: Sequence[tuple[str, ...]], held: Sequence[Known]) -> list[int | None]:
    """For each of the things the place of what it is, or None: it is new."""
    matched = match([Planned(keys) for keys in things], held)
    places = {each.target: place for place, each in enumerate(held)}
    return [places[matched[keys[0]].target] if keys[0] in matched else None for keys in things]


def test_a_stronger_key_wins_over_a_weaker_one():
    held = [known("guid:a", "title-day:x"), known("guid:b", "title-day:y")]
    assert found([("guid:b", "title-day:x")], held) == [1]


def test_what_a_stronger_key_took_is_not_taken_again():
    held = [known("id:7", "title-day:x")]
    assert found([("slug:new", "title-day:x"), ("id:7", "title-day:y")], held) == [None, 0]


def test_a_key_that_two_have_tells_nothing():
    held = [known("id:7", "slug:x"), known("id:8", "slug:x")]
    assert found([("slug:x",), ("id:8",)], held) == [None, 1]


def test_what_was_imported_is_recognised_before_what_was_not():
    held = [known("guid:a", is_imported=False), known("id:7")]
    assert found([("guid:a", "id:7")], held) == [1]
    assert found([("guid:a",)], held) == [0]


@given(st.lists(KEYS, max_size=6), st.lists(KEYS, max_size=6), st.lists(st.booleans(), min_size=6, max_size=6))
def test_matches_share_a_key_and_are_one_to_one(things, held, imported):
    rows = [keys for keys in unshared(things) if keys]
    stand = [known(*keys, is_imported=flag) for keys, flag in zip(held, imported, strict=False)]
    places = found(rows, stand)
    told = [place for place in places if place is not None]
    assert len(set(told)) == len(told)
    for keys, place in zip(rows, places, strict=True):
        assert place is None or set(keys) & set(stand[place].keys)


@given(st.lists(KEYS, max_size=6))
def test_the_same_things_find_themselves(things):
    rows = [keys for keys in unshared(things) if keys]
    assert found(rows, [known(*keys) for keys in rows]) == list(range(len(rows)))
