"""How much room words take in print, before anything is laid out: lines of the text family, counted and cut."""

from __future__ import annotations

from collections.abc import Iterable

from confapp.exports.fonts import widths


def wrapped(words: str, room: float, weight: int) -> list[str]:
    """The words in lines of at most `room` em, as the text family sets them; a word longer than a line is broken."""
    lines: list[str] = []
    here, used = "", 0.0
    space = wide_of(" ", weight)
    for word in words.split():
        wide = wide_of(word, weight)
        if here and used + space + wide <= room:
            here, used = f"{here} {word}", used + space + wide
            continue
        if here:
            lines.append(here)
        while wide > room and len(word) > 1:
            fits = max(1, _fitting(word, room, weight))
            lines.append(word[:fits])
            word = word[fits:]
            wide = wide_of(word, weight)
        here, used = word, wide
    return [*lines, here] if here else lines


def cut(words: str, room: float, weight: int, lines: int) -> str:
    """As much of the words as `lines` hold, with an ellipsis where that is not all."""
    found = wrapped(words, room, weight)
    if len(found) <= lines:
        return words
    if not lines:
        return ""
    last = found[lines - 1]
    while last and wide_of(last + "…", weight) > room:
        last = last[:-1]
    return " ".join([*found[: lines - 1], last.rstrip(" ,;:.-–") + "…"])


def _fitting(word: str, room: float, weight: int) -> int:
    used = 0.0
    for place, letter in enumerate(word):
        used += wide_of(letter, weight)
        if used > room:
            return place
    return len(word)


def wide_of(words: Iterable[str], weight: int) -> float:
    """The width in em, a little more than the font says: Pango rounds, and what the family lacks is taken elsewhere."""
    advances = widths(weight)
    return 1.02 * sum(advances.get(ord(letter), 1.0 if ord(letter) >= 0x1100 else 0.62) for letter in words)
