"""Revisions: every edit is kept, and two editors are brought together wherever they touched different words."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from confapp.domain.press import revisions, transcript_editing
from confapp.domain.press.revisions import merge
from tests.factories import NOW
from tests.press import Scene


def block(id: int | None, text: str) -> dict[str, Any]:
    return {"id": id, "kind": "speech", "speaker": None, "text": text}


def both(base: Any, mine: Any, theirs: Any) -> tuple[list[tuple[Any, str]], list[str]]:
    merged = merge({"blocks": base}, {"blocks": mine}, {"blocks": theirs})
    return [(each.get("id"), each["text"]) for each in merged.values["blocks"]], merged.conflicts


BASE = [block(1, "One."), block(2, "Two."), block(3, "Three.")]


def test_different_paragraphs_come_together() -> None:
    mine = [block(1, "One!"), block(None, "Mine."), block(2, "Two."), block(3, "Three.")]
    theirs = [block(1, "One."), block(2, "Two?"), block(4, "Theirs."), block(3, "Three.")]
    assert both(BASE, mine, theirs) == (
        [(1, "One!"), (None, "Mine."), (2, "Two?"), (4, "Theirs."), (3, "Three.")],
        [],
    )


def test_the_same_paragraph_is_a_conflict_and_so_is_dropping_what_changed() -> None:
    assert both(BASE, [block(1, "A."), *BASE[1:]], [block(1, "B."), *BASE[1:]])[1] == ["blocks.1"]
    assert both(BASE, BASE[1:], [block(1, "B."), *BASE[1:]])[1] == ["blocks.1"]
    assert both(BASE, [block(1, "B."), *BASE[1:]], BASE[1:])[1] == ["blocks.1"]


def test_one_may_move_while_the_other_writes() -> None:
    moved = [BASE[2], BASE[0], BASE[1]]
    wrote = [BASE[0], block(2, "Two?"), BASE[2]]
    wanted = [(3, "Three."), (1, "One."), (2, "Two?")]
    assert both(BASE, moved, wrote) == (wanted, [])
    assert both(BASE, wrote, moved) == (wanted, [])
    assert both(BASE, moved, [BASE[1], BASE[0], BASE[2]])[1] == ["blocks"]


def test_fields_come_together_too() -> None:
    base = {"headline": "A", "place": None, "byline": "X"}
    merged = merge(base, {"headline": "B", "place": None, "byline": "Y"}, {**base, "place": "Here", "byline": "Z"})
    assert merged.values == {"headline": "B", "place": "Here"}
    assert merged.conflicts == ["byline"]


EDITS = st.lists(st.tuples(st.integers(1, 4), st.sampled_from(["keep", "drop", "change"])), max_size=6)


def _edited(edits: list[tuple[int, str]], mark: str) -> list[dict[str, Any]]:
    blocks = {number: block(number, f"P{number}") for number in range(1, 5)}
    for number, deed in edits:
        if deed == "drop":
            blocks.pop(number, None)
        elif deed == "change" and number in blocks:
            blocks[number] = block(number, f"P{number}{mark}")
    return list(blocks.values())


@given(EDITS, EDITS)
def test_nothing_of_either_side_is_lost_without_a_conflict(ours: Any, others: Any) -> None:
    base = [block(number, f"P{number}") for number in range(1, 5)]
    mine, theirs = _edited(ours, "a"), _edited(others, "b")
    merged, conflicts = both(base, mine, theirs)
    if not conflicts:
        for side, mark in ((mine, "a"), (theirs, "b")):
            changed = [each["text"] for each in side if each["text"].endswith(mark)]
            assert set(changed) <= {text for _id, text in merged}
            gone = {each["id"] for each in base} - {each["id"] for each in side}
            assert not gone & {id for id, _text in merged}
    assert both(base, mine, base) == ([(each["id"], each["text"]) for each in mine], [])
    assert both(base, base, theirs) == ([(each["id"], each["text"]) for each in theirs], [])


def test_every_edit_is_kept(write: Any) -> None:
    with write():
        scene = Scene()
        version = scene.draft()
        transcript_editing.edit(version, {"headline": "Second"}, expected=1, by=scene.officer, now=NOW)
        kept = revisions.revisions(version)
        assert [(each.number, each.words["headline"], each.account.email) for each in kept] == [
            (2, "Second", "officer@example.org"),
            (1, "Vaccines for the next outbreak", "writer@example.org"),
        ]
        assert kept[1].words["delivered_on"] == "2026-05-18"
