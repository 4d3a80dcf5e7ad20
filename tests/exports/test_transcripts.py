"""Transcripts as text and JSON: who speaks is said where it changes, and withdrawn words are gone."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace

from confapp.domain.papers import Block, Transcript
from confapp.exports import transcripts

ADDRESS = "https://example.org/summit/press/x/v/1"
PAPER = Transcript(
    public_id="x",
    number=1,
    state="released",
    kind="as_delivered",
    language="fr",
    conference={"fr": "Sommet"},
    hash="0" * 64,
    released_at=dt.datetime(2026, 5, 18, 12, 31, tzinfo=dt.UTC),
    headline="Des vaccins",
    byline="Ada",
    session="AAAAAA",
    session_title={"en": "Vaccines", "fr": "Vaccins"},
    blocks=(
        Block(1, "speech", "Bonjour.", "Ada"),
        Block(2, "remark", "Applaudissements"),
        Block(3, "question", "Quand ?", "Bo"),
        Block(4, "answer", "Demain.", "Ada"),
        Block(5, "omission", "(…)"),
    ),
)


def _text(paper: Transcript) -> list[str]:
    return transcripts.text(paper, address=ADDRESS, translate=str).decode().rstrip("\n").split("\n\n")


def test_the_text_names_a_speaker_where_another_begins() -> None:
    assert _text(PAPER) == [
        "Des vaccins",
        "Ada",
        "As delivered",
        "Vaccins",
        "Bonjour.",
        "[Applaudissements]",
        "Bo: Quand ?",
        "Ada: Demain.",
        "(…)",
        ADDRESS,
    ]


def test_words_that_were_not_delivered_say_so() -> None:
    assert "These words were not delivered." in _text(replace(PAPER, is_not_delivered=True))


def test_no_control_character_leaves_the_house() -> None:
    paper = replace(PAPER, blocks=(Block(1, "speech", "Bon\x07jour\u2028à tous."),))
    assert "Bonjour\nà tous." in _text(paper)


def test_a_tombstone_holds_the_reason_and_none_of_the_words() -> None:
    gone = replace(PAPER, state="withdrawn", withdrawn_reason="Wrong.", withdrawn_at=PAPER.released_at)
    assert _text(gone) == ["These words have been withdrawn", "Wrong.", ADDRESS]
    found = json.loads(transcripts.data(gone, address=ADDRESS))
    assert found["reason"] == "Wrong."
    assert {"blocks", "headline", "byline", "summary"} & set(found) == set()


def test_equal_words_have_equal_bytes() -> None:
    assert transcripts.data(PAPER, address=ADDRESS) == transcripts.data(replace(PAPER), address=ADDRESS)
    assert json.loads(transcripts.data(PAPER, address=ADDRESS))["released_at"] == "2026-05-18T12:31:00Z"
