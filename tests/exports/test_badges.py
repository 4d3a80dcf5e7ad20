"""Badges: PDF/UA-1, by name, eight a page, the category by word and shape, and a code that names nobody."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from confapp.domain.attendance.registrations import Category
from confapp.domain.papers import Badge
from confapp.exports import marks
from confapp.exports.badges import LOOKS, _size, badges_pdf
from tests.agendas import make_facts
from tests.exports.pdfs import failures, pages, size

FACTS = make_facts()
SINCE = dt.datetime(2026, 5, 18, 9, tzinfo=dt.UTC)


def badge(name: str, n: int = 0, **more: Any) -> Badge:
    values: dict[str, Any] = {
        "organisation": "Institute of Field Medicine",
        "country": "BE",
        "category": "ally",
        "has_part": False,
        "code": f"K7PQ{n:02}",
        "ticket": f"URN:UUID:00000000-0000-4000-8000-{n:012}",
        "since": SINCE,
    }
    return Badge(name=name, **values | more)


def made(*held: Badge, **options: Any) -> bytes:
    return badges_pdf(held, FACTS, **{"language": "en", "made_for": "2026-05-18T09:00:00Z"} | options)


def test_badges_are_pdf_ua_eight_a_page_by_name() -> None:
    names = ["Zoë Ångström", "Émile Aa", "Adam Zed", "bert Low", "محمد الفاتح", "Биляна", "Ng Ω", "Ida", "Hye-jin Park"]
    held = [badge(name, n, category=list(LOOKS)[n % 7], has_part=not n) for n, name in enumerate(names)]
    data = made(*held)
    first, last = pages(data)
    assert failures(data) == []
    assert made(*held[::-1]) == data
    assert [first.index(name) for name in ("Adam Zed", "bert Low", "Émile Aa", "Hye-jin Park", "Ida")] == sorted(
        first.index(name) for name in ("Adam Zed", "bert Low", "Émile Aa", "Hye-jin Park", "Ida")
    )
    assert "K7PQ" in last
    told = f"{first} {last}"
    for words in ("ALLY SPEAKER", "PARTNER", "PRESS", "Institute of Field Medicine", "Belgium", "Biotechnology in"):
        assert words in told, words


@pytest.mark.parametrize(("paper", "points"), [("A4", (595, 842)), ("Letter", (612, 792))])
def test_paper(paper: str, points: tuple[int, int]) -> None:
    data = made(*[badge(f"Name {n}", n) for n in range(8)], size=paper)
    assert size(data) == points
    assert len(pages(data)) == 1
    assert failures(data) == []


def test_other_paper_is_refused() -> None:
    with pytest.raises(ValueError, match="not on A0"):
        made(badge("Ada"), size="A0")


def test_every_category_has_a_word_and_a_shape_of_its_own() -> None:
    assert set(LOOKS) == {each.value for each in Category}
    for place in (0, 1):
        assert len({look[place] for look in LOOKS.values()}) == len(LOOKS)
    assert {look[1] for look in LOOKS.values()} <= set(marks.SHAPES)


def test_the_code_holds_the_ticket_and_no_name(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = []
    draw = marks.code

    def noted(content: str) -> bytes:
        drawn.append(content)
        return draw(content)

    monkeypatch.setattr(marks, "code", noted)
    made(badge("Ada Lindqvist", 3))
    assert drawn == ["URN:UUID:00000000-0000-4000-8000-000000000003"]


@pytest.mark.parametrize(
    ("name", "size"),
    [
        ("Ng Ω", "large"),
        ("Chidi Okonkwo", "large"),
        ("Philippa Marchmont-Adeyemi", "small"),
        ("Loïc Vandenplas-Mbeki", "medium"),
        ("Wolfeschlegelsteinhausenbergerdorff Hubert", "tiny"),
    ],
)
def test_a_name_is_as_large_as_it_fits(name: str, size: str) -> None:
    assert _size(name) == size


def test_nobody_is_said() -> None:
    assert pages(made()) == ["Nobody is registered."]
    assert failures(made()) == []


@settings(max_examples=3, deadline=None)
@given(st.lists(st.text(max_size=200), min_size=1, max_size=9))
def test_whatever_people_are_called_is_pdf_ua_and_fits(names: list[str]) -> None:
    data = made(*[badge(name, n, organisation=name[::-1], category="odd") for n, name in enumerate(names)])
    assert failures(data) == []
    assert len(pages(data)) == -(-len(names) // 8)
