"""The laws that hold for every transcript, and the files that are none."""

from __future__ import annotations

import hashlib
import json
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from confapp.domain.errors import Invalid, Message
from confapp.imports.transcripts import MAX_BYTES, TranscriptPlan, read_transcript

PAGE = """Harbour summit opens

Harbour summit opens
March 4, 2026

By Port Director General Jane Doe

Good morning. It is a joy to see the hall this full – and I thank the port for it.

We’ll open the berth times, the tide gauges and the noise meters.

Share this post:
"""
NAMES = ["a.txt", "a.md", "a.srt", "a.vtt", "a.html", "a.docx", "a", ""]


def refusal(data: bytes, filename: str = "talk.txt") -> str:
    with pytest.raises(Invalid) as caught:
        read_transcript(data, filename)
    assert list(caught.value.errors) == ["file"]
    (message,) = caught.value.errors["file"]
    return str(message)


def words_of(plan: TranscriptPlan) -> list[str]:
    return [block.text for block in plan.blocks]


@pytest.mark.parametrize(
    ("data", "part"),
    [
        (b"", "empty"),
        (b" \r\n\t\n", "only blanks"),
        (b"a" * (MAX_BYTES + 1), "5000001 bytes"),
        (b"x\n" * 50_001, "50001 lines"),
        (b"%PDF-1.7\n", "PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, ".doc"),
        (b"{\\rtf1 Hello}", "RTF"),
        (b"\x89PNG\r\n\x1a\n", "PNG"),
        (b"Hello\x00\x01\x02 there", "zero bytes"),
        (bytes(range(1, 32)) * 20, "control characters"),
        (b"Caf\x81 au lait", "Byte 4"),
        ("Καλημέρα σας, αγαπητοί φίλοι".encode("cp1253"), "encoding"),
        (b"\xef\xbb\xbfcaf\xe9", "utf-8"),
        (b"\xff\xfea", "utf-16-le"),
        (b'<?xml version="1.0"?><talk>Hello</talk>', "XML"),
        (b"---\n---\n", "No words"),
    ],
)
def test_what_is_no_transcript_is_refused_with_its_reason(data, part):
    assert part in refusal(data)


def test_a_refusal_can_be_said_in_another_language():
    with pytest.raises(Invalid) as caught:
        read_transcript(b"%PDF-1.7", "a.pdf")
    message = caught.value.errors["file"][0]
    assert isinstance(message, Message)
    assert message.values == {"name": "PDF"}


@pytest.mark.parametrize(
    "data",
    [
        PAGE.encode(),
        PAGE.encode("utf-8-sig"),
        PAGE.encode("utf-16"),
        PAGE.encode("utf-16-le"),
        PAGE.encode("utf-16-be"),
        PAGE.encode("utf-32"),
        PAGE.encode("windows-1252"),
        PAGE.replace("\n", "\r\n").encode(),
        PAGE.replace("\n", "\r").encode(),
        PAGE.replace("\n", "\u2028").encode(),
    ],
    ids=["utf-8", "bom", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "windows-1252", "crlf", "cr", "u2028"],
)
def test_encoding_and_line_ends_change_nothing_but_the_source_hash(data):
    plan, plain = read_transcript(data, "talk.txt"), read_transcript(PAGE.encode(), "talk.txt")
    assert plan.blocks == plain.blocks
    assert plan.lines == plain.lines
    assert plan.text_sha256 == plain.text_sha256
    assert plan.source_sha256 == hashlib.sha256(data).hexdigest()


def test_a_concluded_encoding_is_confessed():
    plan = read_transcript(PAGE.encode("windows-1252"), "talk.txt")
    assert "The file is not in UTF-8; it was read as Windows-1252." in plan.warnings
    assert any("encoding was concluded" in note for note in plan.review)


def test_invisible_characters_are_pointed_out_and_stray_controls_dropped():
    plan = read_transcript("Good \u202emorning\u202c to all of you.\x07\n\nThank you.".encode(), "a.txt")
    assert any("invisible" in note for note in plan.review)
    assert any("Control characters" in note for note in plan.warnings)
    assert words_of(plan)[0] == "Good \u202emorning\u202c to all of you."


def test_no_break_spaces_are_kept_in_the_words_and_folded_in_the_hash():
    with_nbsp = read_transcript("It is\u00a0good  to be here.".encode(), "a.txt")
    without = read_transcript(b"It is good to be here.", "a.txt")
    assert with_nbsp.blocks[0].text == "It is\u00a0good  to be here."
    assert with_nbsp.blocks[0].tokens == 6
    assert with_nbsp.text_sha256 == without.text_sha256 == hashlib.sha256(b"It is good to be here.").hexdigest()


def test_a_lone_dash_is_a_token_but_no_word():
    plan = read_transcript("We are – as ever – here.".encode(), "a.txt")
    assert (plan.tokens, plan.words) == (7, 5)


def test_the_plan_is_json_with_every_line_and_its_label():
    plan = read_transcript(PAGE.encode(), "talk.txt")
    told = json.loads(json.dumps(plan.to_json()))
    assert told["published_on"] == "2026-03-04"
    assert told["delivered_on"] is None
    assert told["speaker"] == {"name": "Jane Doe", "role": "Director General", "organisation": "Port"}
    assert [line["label"] for line in told["lines"] if line["text"]] == [
        "headline", "headline", "date", "byline", "body", "body", "share",
    ]  # fmt: skip
    assert [line["number"] for line in told["lines"]] == list(range(1, 13))
    assert told["blocks"][0]["words"] == 19
    assert told["review"] == list(plan.review)


def test_content_outweighs_the_extension():
    captions = b"WEBVTT\n\n00:00.000 --> 00:02.000\nHello to all of you.\n"
    assert read_transcript(captions, "talk.txt").format == "vtt"
    assert read_transcript(captions.replace(b"WEBVTT\n\n", b"1\n"), "talk.txt").format == "srt"
    assert read_transcript(b"<!DOCTYPE html><p>Hello to all of you here.</p>", "talk.txt").format == "html"
    assert read_transcript(b"# A talk\n\nHello.", "talk.md").format == "markdown"
    assert read_transcript(PAGE.encode(), "talk").format == "page"
    assert read_transcript(b"Hello to all of you.", "talk").format == "text"


def test_the_language_is_suggested_by_name_and_by_words():
    french = "Je vous remercie pour tout ce que vous faites dans les ports et sur les quais."
    assert read_transcript(french.encode(), "a.txt").language == "fr"
    assert read_transcript(b"Hm.", "talk.fr.txt").language == "fr"
    odd = read_transcript(french.encode(), "talk.en.txt")
    assert odd.language == "en"
    assert any("look like fr" in note for note in odd.review)
    unknown = read_transcript(b"Hm.", "a.txt")
    assert unknown.language is None
    assert any("language" in note for note in unknown.review)


def check_laws(data: bytes, filename: str) -> None:
    try:
        plan = read_transcript(data, filename)
    except Invalid:
        with pytest.raises(Invalid):
            read_transcript(data, filename)
        return
    assert plan == read_transcript(data, filename)
    assert plan.words == sum(block.words for block in plan.blocks)
    assert plan.tokens == sum(block.tokens for block in plan.blocks)
    assert [line.number for line in plan.lines] == list(range(1, len(plan.lines) + 1))
    assert all(0 <= line.confidence <= 1 for line in plan.lines)
    assert all(block.text == block.text.strip() != "" for block in plan.blocks)
    for block in plan.blocks:
        assert all(block.text.startswith(elision.text, elision.offset) for elision in block.elisions)
        assert all(0 <= cue.offset <= len(block.text) and cue.starts_ms <= cue.ends_ms for cue in block.cues)
    json.dumps(plan.to_json())


@given(st.binary(max_size=400), st.sampled_from(NAMES))
def test_arbitrary_bytes_are_read_or_refused(data, filename):
    check_laws(data, filename)


@given(st.text(max_size=400), st.sampled_from(NAMES), st.sampled_from(["utf-8", "utf-16"]))
def test_arbitrary_text_is_read_or_refused(text, filename, encoding):
    check_laws(text.encode(encoding, "replace"), filename)


SCRAPS = [
    "By Jane Doe", "Share this post:", "POLL", "RECENT NEWS", "LATEST NEWS", "March 4, 2026",
    "Lisbon, 4 March 2026", "• A caption", "JANE: Good morning.", ">> Yes.", "Q: Why?", "A: So.", "(Applause)",
    "[ Laughter ]", "… And so on.", "[…]", "...", "Mr. DOE. I rise.",
    "Good morning to all of you, it is good to be here.", "", "", "  Indented words go here", "WEBVTT",
    "00:01.000 --> 00:02.000", "00:00:03,000 --> 00:00:02,000", "1", "<v Jane>Hello</v>", "NOTE so",
    "# Heading", "**Jane:** Hello.", "---", "> quoted", "```", "<p>Hello</p>", "<script>x</script>", "<html>",
    "<pre>", "&amp;", "&#xD800;", "84.\tWords.", "85. More.", "86. Again.", "Jane Doe  0:05", "[[Page 7]]",
    "title: A talk", "(As delivered)", "Delivered in Lisbon on 4 March 2026", "By", "By admin", "Facebook",
]  # fmt: skip


@given(st.lists(st.sampled_from(SCRAPS), max_size=14), st.sampled_from(NAMES))
def test_whatever_order_the_pieces_come_in_the_laws_hold(scraps, filename):
    check_laws("\n".join(scraps).encode(), filename)


@given(
    st.lists(
        st.text(st.characters(codec="ascii", categories=["L", "Nd"]), min_size=1, max_size=8).map(str.lower),
        min_size=30,
        max_size=60,
    )
)
def test_the_words_of_a_page_come_back_as_they_were(words):
    sentence = " ".join(words) + "."
    page = f"A headline for it\n\nBy Jane Doe\n\n{sentence}\n\n{sentence}\n\nShare this post:\n\nPOLL\n\nOther"
    plan = read_transcript(page.encode(), "a.txt")
    assert words_of(plan) == [sentence, sentence]


@pytest.mark.soak
@given(st.lists(st.sampled_from(SCRAPS), max_size=40), st.sampled_from(NAMES))
def test_long_mixtures_keep_the_laws(scraps, filename):
    check_laws("\n".join(scraps).encode(), filename)


@pytest.mark.parametrize(
    ("data", "filename"),
    [
        (b"(" + b" " * 900_000 + b"x", "a.txt"),
        (b"By Jane Doe\n\ndelivered" + b" " * 900_000 + b"x", "a.txt"),
        (b"WEBVTT\n\n00:00.000 --> 00:01.000\n" + b"<v a " * 200_000, "a.vtt"),
        (b"<!---->" * 130_000, "a.html"),
        (b"<html><body>" + b"<div>" * 180_000 + b"Hello", "a.html"),
        (b"By Jane Doe\n\n" + b"x  " * 39 + b"!\n\nGood morning to all of you who are here today.", "a.txt"),
        ("… ".encode() * 250_000, "a.txt"),
        (b"[" * 900_000, "a.md"),
    ],
    ids=["blanks", "blanks after a word", "open tags", "comments", "depth", "buttons", "ellipses", "brackets"],
)
def test_a_megabyte_made_to_stall_a_pattern_does_not(data, filename):
    # Anything worse than linear would take hours here; the suite's own time limit is the assertion.
    check_laws(data, filename)


def test_reading_keeps_no_state():
    pages = [PAGE.encode(), b"JANE: Hello.\nANN: Yes.", b"WEBVTT\n\n00:00.000 --> 00:02.000\nHello.\n", b"# T\n\n*So.*"]
    first = [read_transcript(page, "a.md") for page in pages]
    order = list(range(len(pages))) * 3
    random.Random(7).shuffle(order)
    assert all(read_transcript(pages[index], "a.md") == first[index] for index in order)
