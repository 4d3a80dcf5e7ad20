"""Finding sessions by words: in any language, whatever their accents, and every word of them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from confapp.domain.agenda import Agenda
from confapp.domain.finding import matching
from tests.agendas import make_agenda


def agenda() -> Agenda:
    made = make_agenda(3, rooms=2, titles=["Phage therapy", "Levure et bière", "Drones"])
    first, second, *rest = made.entries
    session = replace(second.session, title={"en": "Yeast", "fr": "Levure et bière"}, abstract={"en": "<p>On beer</p>"})
    return replace(made, entries=(first, replace(second, session=session), *rest))


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("PHAGE", ["Phage therapy"]),
        ("levure biere", ["Yeast"]),
        ("yeast beer", ["Yeast"]),
        ("phage beer", []),
        ("auditorium", ["Phage therapy", "Drones"]),
        ("vandamme phage", ["Phage therapy"]),
        ("", ["Phage therapy", "Yeast", "Drones"]),
    ],
)
def test_every_word_must_stand_somewhere(words: str, found: list[str]) -> None:
    assert sorted(entry.session.title["en"] for entry in matching(agenda(), words).shown) == sorted(found)
