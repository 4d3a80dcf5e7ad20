"""Finds the two lines between which a page's transcript stands: the byline above it, the first page furniture below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from confapp.imports.transcripts.bylines import Byline, read_byline
from confapp.imports.transcripts.decoding import Line
from confapp.imports.transcripts.facts import only_date, version_kind
from confapp.imports.transcripts.markers import PAGE_LABELS, end_marker, is_furniture
from confapp.imports.transcripts.speech import read_turn

# How many lines with words may stand above a byline: kicker, headline copies, date, caption, menu.
_HEAD = 40


@dataclass(frozen=True)
class Anchors:
    """Where the transcript starts and ends, as positions in the list of lines; None where nothing says so."""

    byline: int | None
    read: Byline | None
    end: int | None
    rivals: tuple[int, ...] = ()
    """Other lines that read like a byline."""
    above: tuple[int, ...] = ()
    """Furniture between byline and words, such as a share row under the headline."""


def is_prose(text: str) -> bool:
    """Somebody's sentence rather than a label: long, or of some length and closed like a sentence."""
    words = len(text.split())
    return words >= 25 or (words >= 8 and text.rstrip("\"”’') ").endswith((".", "!", "?", "…", ":", ";")))


def find_anchors(lines: Sequence[Line]) -> Anchors:
    """The anchors in `lines`. The end is looked for below the byline, or below the first prose where there is none."""
    filled = [index for index, line in enumerate(lines) if line.bare]
    bylines: list[tuple[int, Byline]] = []
    prose_seen = False
    for index in filled[:_HEAD]:
        read = read_byline(_joined_by(lines, filled, index))
        if read is not None and not (prose_seen and bylines):
            bylines.append((index, read))
        prose_seen = prose_seen or (bool(bylines) and is_prose(lines[index].bare))
    chosen = max(bylines, key=lambda item: (item[1].weight, not item[1].desk, -item[0]), default=None)
    if chosen is None:
        start = next((index for index in filled if is_prose(lines[index].bare) or _opens(lines[index])), len(lines))
        return Anchors(None, None, _first_marker(lines, start + 1))
    start, above = _below_top_row(lines, chosen[0] + 1)
    rivals = tuple(lines[i].number for i, read in bylines if i != chosen[0] and read.weight == chosen[1].weight)
    return Anchors(chosen[0], chosen[1], _first_marker(lines, start), rivals, above)


def _opens(line: Line) -> bool:
    turn = read_turn(line.bare, line.bold)
    return turn is not None and turn.sure


def _joined_by(lines: Sequence[Line], filled: Sequence[int], index: int) -> str:
    """The line, with the next one where it says no more than "By"."""
    bare = lines[index].bare
    following = next((lines[i].bare for i in filled if i > index), "") if bare.casefold().rstrip(":") == "by" else ""
    return f"By {following}" if following else bare


def _below_top_row(lines: Sequence[Line], start: int) -> tuple[int, tuple[int, ...]]:
    """Where to look for the end: below a share row that stands between byline and words."""
    above: list[int] = []
    for index in range(start, len(lines)):
        bare = lines[index].bare
        if not bare:
            continue
        if end_marker(bare) == "share" or (above and is_furniture(bare)):
            above.append(index)
        elif (
            is_prose(bare) or len(bare.split()) > 6 or not (only_date(bare) or version_kind(bare) or is_furniture(bare))
        ):
            break
    prose_below = any(is_prose(line.bare) for line in lines[above[-1] + 1 :]) if above else False
    return (above[-1] + 1, tuple(above)) if prose_below else (start, ())


def _first_marker(lines: Sequence[Line], start: int) -> int | None:
    return next((i for i in range(start, len(lines)) if lines[i].bare and end_marker(lines[i].bare)), None)


def looks_like_page(lines: Sequence[Line]) -> bool:
    """The lines are a saved page: a byline, or page furniture below prose, or a dated headline said twice."""
    anchors = find_anchors(lines)
    if anchors.byline is not None:
        return True
    if anchors.end is not None and end_marker(lines[anchors.end].bare) in PAGE_LABELS:
        return True
    head = [line.bare for line in lines if line.bare][:12]
    return len(set(head)) < len(head) and any(only_date(text) for text in head)
