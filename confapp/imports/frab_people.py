"""The people of an event in a `schedule.xml`: most files write a name alone, some a name and a life in elements."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from confapp.domain.cleaning import clean_line
from confapp.imports.markup import Element, children_by_name, inner_markup, words_in

_LISTS = ("persons", "speakers", "presenters")
_NAMES = ("public_name", "full_public_name", "name")
_LIVES = ("biography", "bio", "abstract", "description")


@dataclass(frozen=True)
class Mention:
    """One person as an event names them; blank where it says nothing. The biography is not clean yet."""

    name: str
    number: str
    guid: str
    role: str
    biography: str


def mentions(event: Element, parts: Mapping[str, Element]) -> Iterator[Mention]:
    """The people of an event with these children, in the order of the file."""
    held = next((parts[name] for name in _LISTS if name in parts), event)
    for element in held.iter("person", "speaker"):
        inner = children_by_name(element)
        is_plain = not any(name in inner for name in (*_NAMES, *_LIVES))
        own = words_in(element) if is_plain else element.text or ""
        told = (own, *(words_in(inner.get(name)) for name in _NAMES), element.get("name") or "")
        life = next((inner[name] for name in _LIVES if name in inner), None)
        yield Mention(
            name=next((words for each in told if (words := clean_line(each))), ""),
            number=element.get("id") or "",
            guid=element.get("guid") or "",
            role=element.get("role") or element.get("type") or "",
            biography="" if life is None else inner_markup(life),
        )
