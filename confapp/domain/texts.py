"""Texts in several languages, and the one order in which people see names sorted."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence

Texts = Mapping[str, str]
"""One text by language: BCP 47 tag -> words. Empty where nothing was written."""


def in_language(texts: Texts | None, languages: Sequence[str]) -> str:
    """The text in the first of `languages` (most wanted first) that has one, else in any, else ''."""
    if not texts:
        return ""
    for language in languages:
        if texts.get(language):
            return texts[language]
    return next((words for words in texts.values() if words), "")


def collate(words: str) -> tuple[str, str]:
    """The sorting key for what people see: accents and case count only between otherwise equal words."""
    decomposed = unicodedata.normalize("NFKD", words)
    bare = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return bare.casefold(), words
