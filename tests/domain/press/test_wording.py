"""Wording: lengths, unfinished words, lasting paragraph ids, and the hash over what the public would see."""

import datetime as dt
import hashlib
import string
import uuid
from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from confapp.domain.errors import Invalid
from confapp.domain.live.stage import SessionFacts
from confapp.domain.press import wording
from confapp.domain.press.transcripts import Version, VersionKind
from confapp.domain.press.wording import BlockKind, Placeholder
from tests.press import WORDS, Scene

FACTS = SessionFacts(code="ABC234", title={"en": "Biology"}, speakers=(("XYZ234", "Ada Lindqvist"),))


def block(text: str, kind: str = "speech", **more: object) -> wording.Block:
    return {"id": 1, "kind": kind, "speaker": None, "text": text, **more}


def version(**values: object) -> Version:
    blank = {"kicker": "", "byline_role": "", "summary": "", "caption": "", "place": None, "correction_note": ""}
    blocks = [{"id": number, **each} for number, each in enumerate(WORDS["blocks"], 1)]
    return Version(**{**blank, **WORDS, "uuid": uuid.uuid4(), "blocks": blocks, **values})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 0),
        ("one two", 2),
        ("one\u00a0two\u202fthree", 3),
        ("– one … two –,", 2),
        ("2 percent", 2),
        ("l’eau, c’est", 2),
    ],
)
def test_words_are_tokens_with_a_letter_or_digit(text, words):
    assert wording.count_words([block(text)]) == words


def test_what_the_audience_did_is_not_spoken():
    said = [block("one two"), block("(Applause)", "remark"), block("(A door.)", "scene"), block("three", "answer")]
    assert wording.count_words(said) == 3


def test_speaking_time_is_at_130_words_a_minute():
    assert wording.speaking_time([block("word " * 650)]) == dt.timedelta(minutes=5)
    assert wording.speaking_time([]) == dt.timedelta(0)


@pytest.mark.parametrize("words", ["TBC", "tbd", "TBA", "PENDING", "XXX", "XXXX", "[[", "]]"])
def test_t17_placeholders_are_found_wherever_they_stand(words):
    text = f"We thank {words} for it."
    found = [
        *wording.placeholders(version(headline=text)),
        *wording.placeholders(version(place=text)),
        *wording.placeholders(version(blocks=[block("Yes."), block(text) | {"id": 2}])),
        *wording.placeholders(version(blocks=[block("Yes.") | {"speaker": f"Mr {words}"}])),
    ]
    assert found == [
        Placeholder(words, "headline"),
        Placeholder(words, "place"),
        Placeholder(words, "paragraph 2", 2),
        Placeholder(words, "paragraph 1", 1),
    ]


@pytest.mark.parametrize("text", ["a pending vote", "XX century", "[Applause]", "the TBCs"])
def test_t17_ordinary_words_are_no_placeholders(text):
    assert wording.placeholders(version(headline=text)) == []


def test_what_is_unclassified_is_named():
    gap = {"offset": 3, "text": "…", "kind": "unclassified"}
    blocks = [
        block("one"),
        block("two", "unclassified") | {"id": 2},
        block("six…", elisions=[gap]) | {"id": 3},
        block("six…", elisions=[gap | {"kind": "omission"}]) | {"id": 4},
    ]
    assert wording.unclassified(blocks) == [2, 3]


CHANGES: dict[str, object] = {
    "kind": VersionKind.NOTES,
    "language": "fr",
    "kicker": "News",
    "headline": "Other",
    "byline": "Other",
    "byline_role": "Other",
    "summary": "Other",
    "caption": "Other",
    "place": "Brussels",
    "delivered_on": dt.date(2026, 5, 19),
    "blocks": [],
    "correction_note": "Other",
}


@pytest.mark.parametrize("field", sorted(CHANGES))
def test_the_hash_covers_every_field(field):
    before = wording.digest(wording.public_words(version(), FACTS))
    assert wording.digest(wording.public_words(version(**{field: CHANGES[field]}), FACTS)) != before


@pytest.mark.parametrize("key", ["kind", "speaker", "text"])
def test_the_hash_covers_every_part_of_a_paragraph(key):
    words = version()
    before = wording.digest(wording.public_words(words, FACTS))
    words.blocks[1][key] = "other"
    assert wording.digest(wording.public_words(words, FACTS)) != before


def test_the_hash_covers_the_released_title_and_speakers():
    hashes = {
        wording.digest(wording.public_words(version(), facts))
        for facts in (
            FACTS,
            SessionFacts(code="ABC234", title={"en": "Other"}, speakers=FACTS.speakers),
            SessionFacts(code="ABC234", title=FACTS.title, speakers=(("XYZ234", "Other"),)),
            SessionFacts(code="ABC234", title=FACTS.title),
            SessionFacts(code="ZZZ234", title=FACTS.title, speakers=FACTS.speakers),
            None,
        )
    }
    assert len(hashes) == 6


def test_the_hash_says_nothing_of_what_stays_private():
    private = version(page_date=dt.date(2025, 11, 1), is_confirmed=False, source="a" * 64, lock_version=9)
    assert wording.digest(wording.public_words(private, FACTS)) == wording.digest(
        wording.public_words(version(), FACTS)
    )


def test_the_hash_is_canonical():
    words = {"blocks": [{"id": 7, "text": "é"}], "a": dt.date(2026, 1, 2)}
    other = {"a": dt.date(2026, 1, 2), "blocks": [{"text": "é", "id": 8}]}
    canonical = rb'{"a":"2026-01-02","blocks":[{"text":"\u00e9"}]}'
    assert wording.digest(words) == wording.digest(other) == hashlib.sha256(canonical).hexdigest()


def test_new_paragraphs_get_ids_that_nobody_ever_had(write):
    with write():
        scene = Scene()
        first = scene.draft()
        ids = [each["id"] for each in first.blocks]
        assert ids == [1, 2, 3]
        kept = first.blocks[2]
        made = wording.number_blocks(first.transcript, [{"kind": "speech", "text": "New."}, kept], first.blocks)
        assert [each["id"] for each in made] == [4, 3]
        again = wording.number_blocks(first.transcript, [{"kind": "speech", "text": "New."}], [])
        assert [each["id"] for each in again] == [5]


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ({"kind": "poem", "text": "Words."}, "kind"),
        ({"kind": None, "text": "Words."}, "kind"),
        ({"kind": "speech", "text": " "}, "text"),
        ({"kind": "speech", "text": None}, "text"),
        ({"kind": "speech", "text": "Words.", "id": 99}, "id"),
        ({"kind": "speech", "text": "Words.", "id": 1}, "id"),
    ],
)
def test_a_wrong_paragraph_is_named_by_its_place(wanted, field):
    held = [block("Words.")]
    with pytest.raises(Invalid) as refused:
        wording.number_blocks(version().transcript, [held[0], wanted], held)
    blocks = refused.value.errors["blocks"]
    assert isinstance(blocks, Mapping)
    assert {place: list(wrong) for place, wrong in blocks.items()} == {1: [field]}


WORD = st.text(string.ascii_lowercase + " ", max_size=12)


@settings(max_examples=200)
@given(before=WORD, after=WORD, new_before=WORD, new_after=WORD)
def test_a_gap_follows_its_words_or_goes_with_them(before, after, new_before, new_after):
    """Whatever is written around it, a gap that is kept stands where its mark stands."""
    held = block(f"{before}…{after}", elisions=[{"offset": len(before), "text": "…", "kind": "omission"}])
    for text in (f"{new_before}…{after}", f"{before}…{new_after}", f"{before}{after}"):
        moved = list(wording._moved(held["elisions"], held["text"], text))
        assert [each["offset"] for each in moved] == ([text.index("…")] if "…" in text else [])


def test_every_kind_of_paragraph_is_spoken_or_not():
    assert {kind for kind in BlockKind if kind not in wording.SPOKEN} == {
        BlockKind.REMARK,
        BlockKind.SCENE,
        BlockKind.OMISSION,
    }


def test_nothing_stale_is_read_for_ids(write):
    with write():
        scene = Scene()
        transcript = scene.draft().transcript
    with write():
        made = wording.number_blocks(transcript, [{"kind": "speech", "text": "New."}] * 2, [])
        assert [each["id"] for each in made] == [4, 5]
