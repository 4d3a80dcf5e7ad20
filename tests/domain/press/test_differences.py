"""Differences: both sides whole and in order, what stays beside itself, and only what differs marked."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from confapp.domain.press import differences
from confapp.domain.press.differences import Change, compare, words

TEXTS = st.text(alphabet="ab c.,\n\u00a0é٣", max_size=40)


def block(id: int, text: str, **more: Any) -> dict[str, Any]:
    return {"id": id, "kind": "speech", "speaker": None, "text": text} | more


BLOCKS = st.lists(st.tuples(st.integers(1, 12), TEXTS), unique_by=lambda each: each[0], max_size=8).map(
    lambda pairs: [block(id, text) for id, text in pairs]
)


def _joined(pieces: Any) -> str:
    return "".join(piece.text for piece in pieces)


@given(TEXTS, TEXTS)
def test_each_side_gives_its_text_back(old: str, new: str) -> None:
    before, after = words(old, new)
    assert (_joined(before), _joined(after)) == (old, new)
    same = [[piece.text for piece in side if not piece.is_marked] for side in (before, after)]
    assert "".join(same[0]) == "".join(same[1])


@given(BLOCKS, BLOCKS)
def test_every_paragraph_stands_once_and_in_order(old: list[Any], new: list[Any]) -> None:
    pairs = compare(old, new)
    assert [pair.old for pair in pairs if pair.old] == old
    assert [pair.new for pair in pairs if pair.new] == new
    for pair in pairs:
        assert (_joined(pair.before), _joined(pair.after)) == (
            (pair.old or {}).get("text", ""),
            (pair.new or {}).get("text", ""),
        )


@given(BLOCKS)
def test_nothing_differs_from_itself(blocks: list[Any]) -> None:
    assert {pair.change for pair in compare(blocks, blocks)} <= {Change.SAME}


def test_a_word_that_changed_is_marked_alone() -> None:
    (pair,) = compare([block(1, "It grows in travel, he said.")], [block(1, "It grows in gravel, he said.")])
    assert pair.change is Change.CHANGED
    assert [piece.text for piece in pair.before if piece.is_marked] == ["travel"]
    assert [piece.text for piece in pair.after if piece.is_marked] == ["gravel"]


def test_paragraphs_without_a_common_id_meet_where_they_say_nearly_the_same() -> None:
    prepared = [block(1, "Good morning to all of you."), block(2, "We shall see earlier."), block(3, "Thank you.")]
    delivered = [
        block(11, "Good morning to all of you, and welcome."),
        block(12, "(Applause)", kind="remark"),
        block(13, "We shall see earlier than before."),
    ]
    assert [((pair.old or {}).get("id"), (pair.new or {}).get("id")) for pair in compare(prepared, delivered)] == [
        (1, 11),
        (None, 12),
        (2, 13),
        (3, None),
    ]


def test_another_speaker_or_kind_is_a_change() -> None:
    changed = compare([block(1, "Yes.", speaker="A")], [block(1, "Yes.", speaker="B")])
    assert [pair.change for pair in changed] == [Change.CHANGED]


def test_very_long_texts_are_paired_by_what_is_equal(monkeypatch: Any) -> None:
    monkeypatch.setattr(differences, "MOST_PAIRS", 3)
    old, new = [block(1, "One."), block(2, "Two.")], [block(11, "Two."), block(12, "Three.")]
    assert [(pair.change.value) for pair in compare(old, new)] == ["removed", "same", "added"]


def test_fields_that_differ_are_named() -> None:
    ((name, before, after),) = differences.fields(
        {"headline": "A b", "place": None}, {"headline": "A c", "place": None}, ["headline", "place"]
    )
    assert (name, before[-1].text, after[-1].text) == ("headline", "b", "c")
