"""Cuts lines into paragraphs: one a line, or several lines that were broken to fit the width of a page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from confapp.imports.transcripts.decoding import Line
from confapp.imports.transcripts.draft import Draft
from confapp.imports.transcripts.speech import Paragraph, is_name_line, is_remark, known_speakers, read_turn

# Longer lines were not broken to fit a page; shorter ones did not have to be.
_WIDEST_PAGE = 100
_NARROWEST_PAGE = 28
_PAGE_MARK = re.compile(r"\[\[.{1,40}\]\]|\[?(?:page|p\.)\s*\d+(?:\s*(?:of|/)\s*\d+)?\]?|-\s*\d+\s*-", re.IGNORECASE)
_RULE = re.compile(r"[-_=*~\s]{4,}")
_BULLET = re.compile(r"[•●▪◦‣*–-]\s+\S")
_CLOSED = (".", "!", "?", ":", ";", "…", "”", '"', ")", "]", "’", "'")


def is_wrapped(lines: Sequence[Line]) -> bool:
    """The lines were broken to fit a width, so a line end inside a paragraph means nothing."""
    if any(len(line.text.rstrip()) > _WIDEST_PAGE for line in lines):
        return False
    inner = [
        line.bare
        for line, following in pairwise(lines)
        if line.bare and following.bare and not is_remark(line.bare) and not _opens_paragraph(line, following)
    ]
    open_ended = sum(not text.endswith(_CLOSED) for text in inner)
    if len(inner) < 2 or open_ended * 2 <= len(inner):
        return False
    # Verses and lists are short; a page that was filled is not.
    return sorted(map(len, inner))[len(inner) // 2] >= _NARROWEST_PAGE


def _opens_paragraph(before: Line, line: Line) -> bool:
    """The line says by itself that a paragraph starts: by its indent or by the name of a speaker."""
    turn = read_turn(line.bare)
    return line.indent > before.indent + 1 or (turn is not None and turn.sure)


def cut_paragraphs(draft: Draft, lines: Sequence[Line]) -> list[Paragraph]:
    """The paragraphs of the words in `lines`, blank lines among them; labels what is neither word nor blank."""
    return (
        _wrapped_paragraphs(draft, lines)
        if draft.set_in_lines and is_wrapped(lines)
        else _line_paragraphs(draft, lines)
    )


def take_rule(draft: Draft, line: Line) -> bool:
    """Label a printed page's number or a ruled line, and say whether the line is one."""
    if _PAGE_MARK.fullmatch(line.bare):
        draft.label(line.number, "page-mark", 0.95)
        return True
    if _RULE.fullmatch(line.bare):
        draft.label(line.number, "rule", 0.95)
        return True
    return False


def _line_paragraphs(draft: Draft, lines: Sequence[Line]) -> list[Paragraph]:
    paragraphs: list[Paragraph] = []
    previous = -1
    for line in lines:
        if not line.bare or take_rule(draft, line):
            continue
        if line.chrome:
            draft.label(line.number, "chrome", 0.9)
            continue
        hint = "heading" if line.heading else line.hint
        paragraphs.append(
            Paragraph(line.bare, (line.number,), draft.set_in_lines and line.number == previous + 1, hint, line.bold)
        )
        previous = line.number
    return paragraphs


def _wrapped_paragraphs(draft: Draft, lines: Sequence[Line]) -> list[Paragraph]:
    """Paragraphs out of hard-wrapped lines: cut at blank lines, indents, turns and stage directions.

    A printed page's number between two halves of a paragraph does not cut it.
    """
    speakers = known_speakers([line.bare for line in lines if line.bare])
    paragraphs: list[Paragraph] = []
    texts: list[str] = []
    numbers: list[int] = []
    joined = page_turned = blank = False
    indent = 0
    indents_openings = _indents_openings(lines)

    def close() -> None:
        if texts:
            paragraphs.append(Paragraph(_unwrap(texts), tuple(numbers), joined))
        texts.clear()
        numbers.clear()

    for line in lines:
        bare = line.bare
        if not bare:
            blank = True
            continue
        if take_rule(draft, line):
            page_turned = page_turned or _PAGE_MARK.fullmatch(bare) is not None
            continue
        turn = read_turn(bare)
        opens = (turn is not None and (turn.sure or turn.speaker in speakers)) or _BULLET.match(bare) is not None
        goes_on = page_turned and texts and not texts[-1].endswith(_CLOSED) and not opens and line.indent < 2
        alone = _stands_alone(bare) or (len(numbers) == 1 and _stands_alone(texts[0]))
        # Two indented lines in a row, where an indent opens a paragraph: the upper one is a paragraph of one line.
        twice = indents_openings and len(texts) == 1 and line.indent == indent >= 2
        if not goes_on and (blank or opens or alone or twice or line.indent > indent + 1):
            close()
            joined = not blank and bool(paragraphs)
        texts.append(bare)
        numbers.append(line.number)
        indent, blank, page_turned = line.indent, False, False
    close()
    return paragraphs


def _indents_openings(lines: Sequence[Line]) -> bool:
    """The text stands at the margin and an indent opens each paragraph, as in print."""
    filled = [line for line in lines if line.bare]
    at_margin = sum(line.indent < 2 for line in filled)
    drops = sum(line.indent >= 2 > following.indent for line, following in pairwise(filled))
    return drops >= 2 and at_margin >= drops


def _stands_alone(text: str) -> bool:
    return is_remark(text) or is_name_line(text)


def _unwrap(texts: Sequence[str]) -> str:
    """The lines as one; a word that was parted at its hyphen is whole again."""
    parts = [texts[0]]
    for before, following in pairwise(texts):
        at_hyphen = re.search(r"\w-$", before[-2:]) is not None and following[:1].isalpha()
        parts.append(following if at_hyphen else f" {following}")
    return "".join(parts)
