"""Finding sessions of an agenda by words, as readers type them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from confapp.domain.agenda import Agenda, Entry
from confapp.domain.texts import collate


def matching(agenda: Agenda, words: str) -> Agenda:
    """The part of an agenda whose sessions hold every one of the words, in any language; accents and case are even."""
    wanted = [collate(word)[0] for word in words.split()]
    return replace(agenda, entries=tuple(entry for entry in agenda.entries if _holds(entry, wanted)))


def _holds(entry: Entry, wanted: Iterable[str]) -> bool:
    session = entry.session
    texts = [session.title, session.subtitle, session.abstract, session.description]
    texts += [thing.name for thing in (session.track, entry.room) if thing]
    people = [f"{part.person.name} {part.person.affiliation}" for part in session.parts]
    held = collate(" ".join([*people, *(words for each in texts for words in each.values())]))[0]
    return all(word in held for word in wanted)
