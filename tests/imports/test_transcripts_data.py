"""Real transcripts that nobody here wrote, counted against their manifest."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from confapp.imports.transcripts import Elision, EventCandidate, SpeakerPlan, TranscriptPlan, read_transcript

pytestmark = pytest.mark.data

RealFile = Callable[[str], Path]
TOKENS = [int(n) for n in (
    "90 67 63 56 80 49 92 5 36 10 37 32 39 37 21 39 37 35 10 19 5 23 17 7 51 29 44 44 46 35 38 35 47 27"
).split()]  # fmt: skip


@pytest.fixture
def read(real_file: RealFile) -> Callable[[str], TranscriptPlan]:
    def reading(name: str) -> TranscriptPlan:
        path = real_file(name)
        return read_transcript(path.read_bytes(), path.name)

    return reading


@pytest.fixture
def seed(read: Callable[[str], TranscriptPlan]) -> TranscriptPlan:
    return read("seed-keynote.txt")


def test_the_facts_of_the_seed(seed):
    assert seed.title == "NATO Biotechnology Conference demonstrates our commitment to the biotech domain"
    assert seed.kicker == "LATEST NEWS"
    assert seed.published_on == date(2025, 11, 1)
    assert seed.delivered_on is None
    assert seed.caption == "At the NATO Biotechnology Community Conference"
    assert seed.speaker == SpeakerPlan("Mark Rutte", "Secretary General", "NATO")
    assert seed.event_candidates == (
        EventCandidate("NATO Biotechnology Community Conference", (10,)),
        EventCandidate("NATO Biotechnology Conference", (1, 20, 69)),
    )
    assert seed.place is None
    assert seed.kind == "unspecified"
    assert seed.language == "en"


def test_the_numbers_of_the_seed(seed):
    assert len(seed.blocks) == 34
    assert seed.counts["blank_line_blocks"] == 31
    assert [n for n, block in enumerate(seed.blocks, 1) if block.joined] == [11, 15, 23]
    assert (seed.tokens, seed.words) == (1302, 1282)
    text = "\n".join(block.text for block in seed.blocks)
    assert len(text) == seed.counts["characters"] == 7642
    assert [text.count(sign) for sign in "\u00a0\u2019\u2013"] == [4, 11, 16]
    assert [block.tokens for block in seed.blocks] == TOKENS
    assert seed.text_sha256 == "eb90ad728119a5b017a78585eeb24918e4953e0f37764e50314c870e4a3ec9b8"
    assert {block.kind for block in seed.blocks} == {"speech"}


def test_the_elisions_of_the_seed(seed):
    assert seed.blocks[0].elisions == (Elision(0, "…", "omission"), Elision(464, "…", "unclassified"))
    assert all(block.elisions == () for block in seed.blocks[1:])
    assert any(block.line == 50 and "Bart -," in block.text for block in seed.blocks)


def test_every_line_of_the_seed_has_its_label(seed):
    assert Counter(line.label for line in seed.lines) == {
        "blank": 50, "headline": 3, "date": 1, "kicker": 1, "caption": 1, "byline": 1, "body": 34, "share": 1,
        "poll": 5,        "recent-news": 7, "page-link": 1,
    }  # fmt: skip
    assert [line.number for line in seed.lines] == list(range(1, 106))


def test_none_of_the_furniture_of_the_seed_comes_through(seed):
    told = " ".join([*(block.text for block in seed.blocks), seed.title or "", seed.caption or "", seed.kicker or ""])
    assert re.findall(r"\b(?:Poll|Republican|Barbados|Warders|Country Info)\b", told, re.IGNORECASE) == []


def test_what_the_seed_leaves_to_a_person(seed):
    asked = " ".join(seed.review)
    for part in ("ellipsis", "a Saturday", "place is not stated", "as delivered or as prepared", "Which event"):
        assert part in asked
    assert seed.warnings == ()


def test_reading_the_seed_changes_no_byte_of_it(real_file):
    data = real_file("seed-keynote.txt").read_bytes()
    plan = read_transcript(data, "seed.txt")
    assert plan.source_sha256 == hashlib.sha256(data).hexdigest()
    assert len(data) == 8426


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "windows-1252"])
def test_the_seed_in_another_encoding_has_the_same_words(real_file, encoding):
    text = real_file("seed-keynote.txt").read_text(encoding="utf-8").replace("\n", "\r\n")
    plan = read_transcript(text.encode(encoding), "seed.txt")
    assert plan.text_sha256 == "eb90ad728119a5b017a78585eeb24918e4953e0f37764e50314c870e4a3ec9b8"
    assert (plan.words, len(plan.blocks), plan.counts["blank_line_blocks"]) == (1282, 34, 31)


@pytest.mark.parametrize("cut", ["By NATO Secretary General Mark Rutte", "Share this post:"])
def test_the_seed_without_an_anchor_is_for_review(real_file, cut):
    text = real_file("seed-keynote.txt").read_text(encoding="utf-8")
    data = (text.replace(cut, "") if cut.startswith("By") else text[: text.index(cut)]).encode()
    plan = read_transcript(data, "seed.txt")
    assert len(plan.blocks) == 34
    assert any(("No byline" if cut.startswith("By") else "Nothing marks the end") in note for note in plan.review)


@pytest.mark.parametrize(
    ("name", "cues", "words"),
    [
        ("matomocamp2021-configurer-rgpd.fr.srt", 669, "fr"),
        ("matomocamp2021-configurer-rgpd.en.srt", 1265, "en"),
        ("matomocamp2021-kompakt.en.srt", 800, "en"),
        ("w3c-symposium-do-no-harm.en.vtt", 979, "en"),
        ("mozilla-cycle-collector-talk.vtt", 15, "en"),
    ],
)
def test_captions(read, name, cues, words):
    plan = read(f"10-transcripts/{name}")
    assert plan.counts["cues"] == sum(line.label == "timing" for line in plan.lines) == cues
    assert sum(len(block.cues) for block in plan.blocks) >= cues
    assert plan.language == words
    assert all(line.label != "unclassified" for line in plan.lines)


def test_the_talk_is_57_minutes_and_one_cue_ends_before_it_starts(read):
    plan = read("10-transcripts/matomocamp2021-configurer-rgpd.fr.srt")
    assert plan.blocks[-1].cues[-1].ends_ms // 60_000 == 57
    broken = read("10-transcripts/matomocamp2021-kompakt.en.srt")
    assert "A cue ends before it starts, at line 3110; its words were kept." in broken.warnings


def test_voices(read):
    plan = read("10-transcripts/mozilla-cycle-collector-talk.vtt")
    assert plan.speakers == ("Kyle Huey", "Chris Pearce")
    assert [block.text for block in plan.blocks if block.kind == "remark"] == ["Laughter"]


def test_turns_in_text(read):
    unnamed = read("10-transcripts/bangbangcon2014-sucher-bacon.txt")
    assert (unnamed.counts["turns"], unnamed.speakers) == (11, ())
    named = read("10-transcripts/bangbangcon2015-giralt-mehrotra.txt")
    turns = Counter(block.speaker for block in named.blocks if block.opens_turn)
    assert turns["POLINA"] + turns["ANITA"] == 11
    assert turns["LEO"] == 1
    assert named.counts["turns"] == 12
    assert named.counts["remark"] == 2


def test_a_speech_with_a_byte_order_mark(read):
    plan = read("10-transcripts/sotu-2005.txt")
    assert plan.tokens == 5096
    assert plan.blocks[0].text.startswith("Mr. Speaker, Vice President Cheney")
    assert len(plan.blocks) == 55


def test_numbered_paragraphs(read):
    plan = read("10-transcripts/unga25-1970-france.txt")
    assert [block.number for block in plan.blocks] == [str(number) for number in range(84, 113)]


def test_a_record_in_word(read):
    plan = read("10-transcripts/parlament-cat-2019-05-16.docx")
    labels = Counter(line.label for line in plan.lines)
    assert len(plan.lines) == 155
    assert labels["speaker"] == plan.counts["turns"] == 29
    assert labels["unclassified"] == 0
    assert plan.language == "ca"
    assert any("More than one language is spoken: ca, es" in note for note in plan.review)


def test_a_record_in_pre(read):
    plan = read("10-transcripts/us-senate-2005-07-20.htm")
    turns = Counter(block.speaker for block in plan.blocks if block.opens_turn)
    # The manifest counts 20: it leaves out the mixed-case McCONNELL (2) and the two of the PRESIDENT pro tempore.
    special = turns["Mr. McCONNELL"] + turns["The PRESIDENT pro tempore"]
    assert special == 4
    assert plan.counts["turns"] - special == 20
    assert plan.title == "NOMINATION OF JOHN ROBERTS TO THE UNITED STATES SUPREME COURT"
    assert plan.published_on == date(2005, 7, 20)
    assert plan.counts["scene"] == 2
