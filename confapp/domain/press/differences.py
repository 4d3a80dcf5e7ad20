"""Differences: two versions of the same words side by side, paragraph by paragraph and word by word."""

from __future__ import annotations

import difflib
import enum
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Block = Mapping[str, Any]
"""A paragraph: `id`, `kind`, `speaker` and `text`."""

ALIKE = 0.4
"""The share of words that two paragraphs without a common id must have in common to stand beside each other."""
MOST_PAIRS = 250_000
"""How many pairs of paragraphs are compared for likeness before only equal ones are paired: a page must answer."""

_TOKEN = re.compile(r"\s+|\w+|[^\w\s]")


class Change(enum.StrEnum):
    """What became of a paragraph."""

    SAME = "same"
    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Piece:
    """Words that stay, or are marked as taken out (on the old side) or put in (on the new one)."""

    text: str
    is_marked: bool = False


@dataclass(frozen=True, slots=True)
class Pair:
    """A paragraph as it was and as it is; one side is empty where it was added or removed."""

    change: Change
    old: Block | None
    new: Block | None
    before: tuple[Piece, ...] = ()
    after: tuple[Piece, ...] = ()


def words(old: str, new: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Both texts cut into pieces, those marked that only one of them has. Joining a side gives its text back."""
    ours, theirs = _TOKEN.findall(old), _TOKEN.findall(new)
    before: list[Piece] = []
    after: list[Piece] = []
    for op, a, b, c, d in difflib.SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes():
        _append(before, "".join(ours[a:b]), op != "equal")
        _append(after, "".join(theirs[c:d]), op != "equal")
    return tuple(before), tuple(after)


def _append(pieces: list[Piece], text: str, is_marked: bool) -> None:
    if text and pieces and pieces[-1].is_marked == is_marked:
        pieces[-1] = Piece(pieces[-1].text + text, is_marked)
    elif text:
        pieces.append(Piece(text, is_marked))


def compare(old: Sequence[Block], new: Sequence[Block]) -> list[Pair]:
    """Every paragraph of both once, in reading order. Paragraphs with the same id belong together; of the others those
    that say the same, or nearly, between the same neighbours."""
    pairs: list[Pair] = []
    for ours, theirs in _aligned(old, new):
        if ours is None:
            assert theirs is not None
            pairs.append(Pair(Change.ADDED, None, theirs, (), (Piece(theirs["text"], True),)))
        elif theirs is None:
            pairs.append(Pair(Change.REMOVED, ours, None, (Piece(ours["text"], True),), ()))
        else:
            is_same = _said(ours) == _said(theirs)
            pieces = ((Piece(ours["text"]),), (Piece(theirs["text"]),))
            before, after = pieces if is_same else words(ours["text"], theirs["text"])
            pairs.append(Pair(Change.SAME if is_same else Change.CHANGED, ours, theirs, before, after))
    return pairs


def _said(block: Block) -> tuple[str, str | None, str]:
    return block["kind"], block.get("speaker"), block["text"]


def _aligned(old: Sequence[Block], new: Sequence[Block]) -> Iterator[tuple[Block | None, Block | None]]:
    """Both sides beside each other. What stands in the order of both anchors the rest; a moved one is shown twice."""
    ids, others = [each["id"] for each in old], [each["id"] for each in new]
    at, to = 0, 0
    for match in difflib.SequenceMatcher(None, ids, others, autojunk=False).get_matching_blocks():
        yield from _unanchored(old[at : match.a], new[to : match.b])
        for place in range(match.size):
            yield old[match.a + place], new[match.b + place]
        at, to = match.a + match.size, match.b + match.size


def _unanchored(old: Sequence[Block], new: Sequence[Block]) -> Iterator[tuple[Block | None, Block | None]]:
    """Paragraphs between two anchors: pairs by what they say, as many as fit in the order of both."""
    pairs = _likeness(old, new)
    at, to = 0, 0
    for mine, yours in [*pairs, (len(old), len(new))]:
        yield from ((each, None) for each in old[at:mine])
        yield from ((None, each) for each in new[to:yours])
        if mine < len(old) and yours < len(new):
            yield old[mine], new[yours]
        at, to = mine + 1, yours + 1


def _likeness(old: Sequence[Block], new: Sequence[Block]) -> list[tuple[int, int]]:
    """Places (in old, in new) of paragraphs that belong together, in rising order: the best sum of likeness."""
    if not old or not new:
        return []
    if len(old) * len(new) > MOST_PAIRS:
        texts = [each["text"] for each in old], [each["text"] for each in new]
        matches = difflib.SequenceMatcher(None, *texts, autojunk=False).get_matching_blocks()
        return [(each.a + n, each.b + n) for each in matches for n in range(each.size)]
    bags, theirs = [_bag(each) for each in old], [_bag(each) for each in new]
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    alike = [[_alike(mine, yours) for yours in theirs] for mine in bags]
    for i in range(len(old) - 1, -1, -1):
        for j in range(len(new) - 1, -1, -1):
            together = alike[i][j] + best[i + 1][j + 1] if alike[i][j] >= ALIKE else 0.0
            best[i][j] = max(best[i + 1][j], best[i][j + 1], together)
    found, i, j = [], 0, 0
    while i < len(old) and j < len(new):
        if alike[i][j] >= ALIKE and best[i][j] == alike[i][j] + best[i + 1][j + 1]:
            found.append((i, j))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return found


def _bag(block: Block) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", block["text"].casefold()))


def _alike(one: frozenset[str], other: frozenset[str]) -> float:
    """Sørensen-Dice over the sets of words."""
    return 2 * len(one & other) / (len(one) + len(other)) if one and other else 0.0


def fields(
    old: Mapping[str, Any], new: Mapping[str, Any], names: Iterable[str]
) -> list[tuple[str, tuple[Piece, ...], tuple[Piece, ...]]]:
    """The fields among `names` that differ: name, old and new in pieces."""
    shown = ((name, _words_of(old.get(name)), _words_of(new.get(name))) for name in names)
    return [(name, *words(before, after)) for name, before, after in shown if before != after]


def _words_of(value: Any) -> str:
    return "" if value is None else str(value)
