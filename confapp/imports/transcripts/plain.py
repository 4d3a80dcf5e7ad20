"""Reads a plain transcript: one paragraph a line or hard-wrapped lines, with whatever turns and remarks it marks."""

from __future__ import annotations

from collections.abc import Sequence

from confapp.domain.errors import N_
from confapp.imports.transcripts.anchors import is_prose
from confapp.imports.transcripts.decoding import Line
from confapp.imports.transcripts.draft import Draft
from confapp.imports.transcripts.facts import find_date, only_date, version_kind
from confapp.imports.transcripts.speech import Turn, read_body, read_turn
from confapp.imports.transcripts.stated import read_statement
from confapp.imports.transcripts.wrapping import cut_paragraphs, take_rule

_HEAD = 12


def read(draft: Draft, lines: Sequence[Line]) -> None:
    """Fill `draft` from a plain transcript's lines."""
    read_body(draft, cut_paragraphs(draft, _read_head(draft, lines)))


def _read_head(draft: Draft, lines: Sequence[Line]) -> list[Line]:
    """Take title and stated facts off the top; returns the lines below, blank ones too."""
    taken = 0
    filled = [line for line in lines if line.bare]
    has_turns = any(_opening(line) is not None for line in filled)
    for position, line in enumerate(filled[:_HEAD]):
        bare = line.bare
        following = filled[position + 1] if position + 1 < len(filled) else None
        if take_rule(draft, line) or read_statement(draft, line):
            taken = line.number
        elif _opening(line) is not None:
            break
        elif (reading := only_date(bare)) is not None:
            draft.published_on = draft.published_on or reading.value
            draft.label(line.number, "date", 0.9)
            taken = line.number
        elif (kind := version_kind(bare)) is not None:
            draft.kind = kind
            draft.label(line.number, "delivery", 0.9)
            taken = line.number
        elif has_turns and bare[0] == "[" and bare[-1] == "]":
            # A printed record names its volume and pages in brackets above the first speaker.
            in_line = find_date(bare)
            draft.published_on = draft.published_on or (in_line.value if in_line else None)
            draft.label(line.number, "metadata", 0.7)
            taken = line.number
        elif draft.title is None and _is_title(line, lines, following):
            draft.title = " ".join(bare.split())
            draft.label(line.number, "headline", 1.0 if line.heading == 1 else 0.7)
            taken = line.number
        elif (
            has_turns
            and line.indent == 0
            and not is_prose(bare)
            and following is not None
            and _starts_later(filled, position)
        ):
            draft.label(line.number, "metadata", 0.4)
            draft.review.append(
                N_("Line %(line)d, above the first speaker, is left out of the words.", line=line.number)
            )
            taken = line.number
        else:
            break
    return [line for line in lines if line.number > taken]


def _opening(line: Line) -> Turn | None:
    """The turn that the line opens for certain."""
    turn = read_turn(line.bare, line.bold)
    return turn if turn is not None and turn.sure else None


def _starts_later(filled: Sequence[Line], position: int) -> bool:
    """A turn opens below, before any prose does."""
    for line in filled[position + 1 : _HEAD]:
        if _opening(line) is not None:
            return True
        if is_prose(line.bare):
            return False
    return False


def _is_title(line: Line, lines: Sequence[Line], following: Line | None) -> bool:
    if line.heading == 1:
        return True
    alone = following is not None and following.number > line.number + 1
    short = 2 <= len(line.bare.split()) <= 20
    return (
        short
        and alone
        and not line.bare.endswith((".", "!", "?", ":", ",", ";", ")", "]"))
        and read_turn(line.bare) is None
    )
