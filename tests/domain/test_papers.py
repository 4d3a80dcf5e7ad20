"""Papers: one rule for the paper that anybody asks for, and each country's usual one."""

from __future__ import annotations

import pytest

from confapp.domain.errors import Invalid
from confapp.domain.papers import OFFICE, PAPERS, paper_of, usual_paper


@pytest.mark.parametrize("asked", ["letter", "Letter", "LETTER"])
def test_paper_is_asked_for_in_letters_of_any_case(asked: str) -> None:
    assert paper_of(asked, "A4") == "Letter"
    assert paper_of(asked, "A4", OFFICE) == "Letter"


@pytest.mark.parametrize("nothing", [None, ""])
def test_where_nobody_said_it_is_the_usual_one(nothing: str | None) -> None:
    assert paper_of(nothing, "Letter") == "Letter"
    assert paper_of(nothing, "A4", OFFICE) == "A4"


@pytest.mark.parametrize("asked", ["a0", "A4 ", "a4,letter", "\0", "ａ４", "A" * 10_000])
def test_other_paper_is_refused_and_what_there_is_is_named(asked: str) -> None:
    for among, named in ((PAPERS, "a4, letter, a3, tabloid"), (OFFICE, "a4, letter")):
        with pytest.raises(Invalid) as refused:
            paper_of(asked, "A4", among)
        assert str(refused.value.errors["paper"][0]) == f"Paper is one of {named}."  # type: ignore[index]


@pytest.mark.parametrize(("country", "paper"), [("US", "Letter"), ("CA", "Letter"), ("BE", "A4"), (None, "A4")])
def test_each_country_has_its_paper(country: str | None, paper: str) -> None:
    assert usual_paper(country) == paper
    assert paper in PAPERS
