"""Transcripts on paper: PDF/UA-1, equal bytes for equal words, nothing lost, and nothing that hostile words do."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from confapp.domain.papers import Block, Mended, Transcript, lasting
from confapp.exports import marks
from confapp.exports.printing import OnlyFonts
from confapp.exports.transcript_pdf import transcript_pdf
from tests.agendas import make_facts
from tests.exports.pdfs import failures, links, pages, reader, size
from tests.papers import BASE, RELEASED, keynote, tombstone

FACTS = make_facts()
ADDRESS = f"{BASE}/{FACTS.slug}/press/{'ab' * 16}/v/1"


def made(paper: Transcript | None = None, *mended: Mended, **options: Any) -> bytes:
    return transcript_pdf(paper or keynote(), FACTS, mended, base_url=BASE, **options)


@pytest.fixture(scope="module")
def plain() -> bytes:
    return made()


def test_a_transcript_is_pdf_ua_and_says_it_all(plain: bytes) -> None:
    assert failures(plain) == []
    [told] = pages(plain)
    for words in (
        "Summit <of> all & sundry",
        "AS DELIVERED",
        "KEYNOTE Germs & paper <unbound> On germs.",
        "Ada Lindqvist Virologist Brussels · May 18, 2026",
        "Good afternoon.",
        "(Applause)",
        "[…]",
        "A reporter",
        "When --> where & <why>?",
        "Soon.",
        "[The lights go out.]",
        "Said in Biology and treaties Language English Length 8 words, about 1 min",
        "Published 18 May 2026, 14:31 (Europe/Brussels), version 1",
        "Approved By a second person. Press contact programme@biodefence.example",
        "Ada Lindqvist, Virologist: “Germs & paper <unbound>”, Summit <of> all & sundry, May 18, 2026 (as delivered).",
        f"SHA-256 {'0' * 64}",
    ):
        assert words in told


def test_paragraphs_carry_their_permanent_addresses(plain: bytes) -> None:
    numbers = {f"{ADDRESS}#p-{number}" for number in (1, 2, 3, 5, 6, 7)}
    assert links(plain) == numbers | {ADDRESS}


def test_it_is_made_the_same_again_and_dated_by_its_release(plain: bytes) -> None:
    assert made() == plain
    told = reader(plain).metadata
    assert told.title == "Germs & paper <unbound>"
    assert told.creation_date == told.modification_date == RELEASED
    assert reader(plain).trailer["/Root"]["/Lang"] == "en"


def test_what_comes_later_changes_nothing(plain: bytes) -> None:
    later = lasting(keynote(state="superseded", superseded_by=2))
    assert made(later) == plain


@pytest.mark.parametrize(("paper", "points"), [("A4", (595, 842)), ("Letter", (612, 792))])
def test_paper(paper: str, points: tuple[int, int]) -> None:
    assert size(made(size=paper)) == points


def test_every_page_says_what_kind_of_text_it_is() -> None:
    long = tuple(Block(n, "speech", "Biology moves faster than treaties do. " * 30, "Ada") for n in range(1, 20))
    data = made(keynote(kind="as_prepared", blocks=long))
    told = pages(data)
    assert failures(data) == []
    assert len(told) > 3
    assert all(f"Check against delivery · {n} / {len(told)}" in each for n, each in enumerate(told, 1))


def test_corrections_are_told_with_who_what_and_why() -> None:
    at = RELEASED + dt.timedelta(days=1)
    newest = Mended(2, at, "as_delivered", "as_delivered", "transcription", "“Germs” was misheard.", False)
    first = Mended(1, RELEASED, "as_delivered", "as_prepared", None, "", True)
    data = made(keynote(number=2), newest, first)
    told = " ".join(pages(data))
    assert failures(data) == []
    assert "Corrected 19 May 2026, 14:31 (Europe/Brussels): “Germs” was misheard." in told
    assert "Transcription: “Germs” was misheard. By the press office, approved by a second person." in told
    assert "As delivered, in the place of: Check against delivery By the press office, written and approved" in told


def test_words_not_delivered_and_approved_by_one_person_say_so() -> None:
    [told] = pages(made(keynote(is_not_delivered=True, is_self_approved=True, kind="as_prepared")))
    assert "NOT DELIVERED" in told
    assert "Written and approved by one person, as this conference allows." in told


def test_withdrawn_words_are_never_printed() -> None:
    with pytest.raises(ValueError, match="nothing left to print"):
        made(tombstone())


def test_what_was_erased_is_told_by_the_hash_of_what_is_left() -> None:
    [told] = pages(made(keynote(byline="—", redacted_hash="1" * 64)))
    assert f"SHA-256 {'1' * 64}" in told


@pytest.mark.parametrize(
    ("language", "headline", "text"),
    [
        ("ar", "بناء الثقة بين المختبرات", "هذا ملخص الجلسة."),
        ("el", "Τα όρια της βιολογίας", "Καλησπέρα σας."),
        ("bg", "Биобезопасност", "Добър ден."),
        ("en", "漢字 and 🧬", "A glyph that no font has: 漢."),
    ],
)
def test_any_script_is_pdf_ua(language: str, headline: str, text: str) -> None:
    paper = keynote(language=language, headline=headline, blocks=(Block(1, "speech", text), Block(2, "remark", text)))
    data = made(paper)
    assert failures(data) == []
    assert reader(data).trailer["/Root"]["/Lang"] == language


def test_the_apps_words_are_said_in_the_language_of_the_transcript() -> None:
    french = {"As delivered": "Prononcé", "About this text": "À propos"}
    [told] = pages(made(keynote(language="fr"), translate=lambda words: french.get(words, words)))
    assert "PRONONCÉ" in told
    assert "À propos" in told
    assert "Brussels · 18 mai 2026" in told


HOSTILE = (
    """</p><style>*{display:none}</style><img src="http://evil.example/i.png"><img src="file:///etc/passwd">
<svg onload=x><a href="http://evil.example/">here</a> {{ 7 * 7 }} \x00\u202e"""
    + "x" * 300
)


def test_hostile_words_fetch_nothing_and_break_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    fetch = OnlyFonts.fetch

    def noted(self: OnlyFonts, url: str, headers: Any = None) -> Any:
        asked.append(url)
        return fetch(self, url, headers)

    monkeypatch.setattr(OnlyFonts, "fetch", noted)
    fields = ("kicker", "headline", "byline", "byline_role", "summary", "caption", "place", "correction_note")
    blocks = tuple(Block(n, kind, HOSTILE, HOSTILE) for n, kind in enumerate(("speech", "remark", "question"), 1))
    paper = replace(keynote(conference={"en": HOSTILE}, session_title={"en": HOSTILE}, blocks=blocks))
    paper = replace(paper, **dict.fromkeys(fields, HOSTILE))  # type: ignore[arg-type]
    data = made(paper, Mended(1, RELEASED, "as_prepared", None, "typo", HOSTILE, False))
    assert failures(data) == []
    assert {url for url in asked if not url.endswith(".ttf")} == {marks.address(ADDRESS)}
    assert all(link.startswith(ADDRESS) for link in links(data))
    assert "{{ 7 * 7 }}" in " ".join(pages(data))
