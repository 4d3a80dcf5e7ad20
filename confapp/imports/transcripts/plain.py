"""Reads a plain transcript: one paragraph a line or hard-wrapped lines, with whatever turns and remarks it marks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from confapp.imports.transcripts.anchors import is_prose
from confapp.imports.transcripts.bylines import split_speaker
from confapp.imports.transcripts.decoding import Line
from confapp.imports.transcripts.draft import Draft
from confapp.imports.transcripts.facts import find_date, only_date, version_kind
from confapp.imports.transcripts.speech import Paragraph, is_remark, known_speakers, read_body, read_turn

# Longer lines were not broken to fit a page.
_WIDEST_PAGE = 100
_HEAD = 12
_PAGE_MARK = re.compile(r"\[\[.{1,40}\]\]|\[?(?:page|p\.)\s*\d+(?:\s*(?:of|/)\s*\d+)?\]?|-\s*\d+\s*-", re.IGNORECASE)
_RULE = re.compile(r"[-_=*~\s]{4,}")
_CLOSED = (".", "!", "?", ":", ";", "…", "”", '"', ")", "]", "’", "'")
_STATED = re.compile(
    r"(title|headline|speakers?|date|delivered|published|event|conference|place|venue|location|language|lang|kind|source|"
    r"transcri(?:bed|pt) by|transcriber|duration|recorded)\s*:\s*(\S.{0,200})",
    re.IGNORECASE,
)


def is_wrapped(lines: Sequence[Line]) -> bool:
    """The lines were broken to fit a width, so a line end inside a paragraph means nothing."""
    if any(len(line.text) > _WIDEST_PAGE for line in lines):
        return False
    inner = [
        line.bare for line, following in pairwise(lines) if line.bare and following.bare and not is_remark(line.bare)
    ]
    open_ended = sum(not text.endswith(_CLOSED) for text in inner)
    return len(inner) >= 2 and open_ended * 2 > len(inner)


def read(draft: Draft, lines: Sequence[Line]) -> None:
    """Fill `draft` from a plain transcript's lines."""
    wrapped = is_wrapped(lines)
    rest = _read_head(draft, lines)
    read_body(draft, _wrapped_paragraphs(draft, rest) if wrapped else _line_paragraphs(draft, rest))


def _read_head(draft: Draft, lines: Sequence[Line]) -> list[Line]:
    """Take title and stated facts off the top; returns the lines below, blank ones too."""
    taken = 0
    filled = [line for line in lines if line.bare]
    has_turns = any((turn := read_turn(line.bare)) is not None and turn.sure for line in filled)
    for position, line in enumerate(filled[:_HEAD]):
        bare = line.bare
        stated = _STATED.fullmatch(bare)
        following = filled[position + 1] if position + 1 < len(filled) else None
        if _take_rule(draft, line) or (stated is not None and state_fact(draft, line, stated[1], stated[2])):
            taken = line.number
        elif (turn := read_turn(bare)) is not None and turn.sure:
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
            taken = line.number
        else:
            break
    return [line for line in lines if line.number > taken]


def _starts_later(filled: Sequence[Line], position: int) -> bool:
    """A turn opens below, before any prose does."""
    for line in filled[position + 1 : _HEAD]:
        if (turn := read_turn(line.bare)) is not None and turn.sure:
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


def _take_rule(draft: Draft, line: Line) -> bool:
    if _PAGE_MARK.fullmatch(line.bare):
        draft.label(line.number, "page-mark", 0.95)
        return True
    if _RULE.fullmatch(line.bare):
        draft.label(line.number, "rule", 0.95)
        return True
    return False


def state_fact(draft: Draft, line: Line, name: str, value: str) -> bool:
    """Take "Title: ..." and its like from the head of a file; says whether it was one that means something here."""
    name, value = name.lower(), value.strip().strip("\"'")
    reading = find_date(value)
    if name in {"title", "headline"}:
        draft.title = value
    elif name in {"speaker", "speakers", "author", "by"}:
        draft.speaker = split_speaker(value)
        if draft.speaker is None:
            return False
    elif name in {"delivered", "date of delivery", "delivered_on"} and reading is not None:
        draft.delivered_on = reading.value
    elif name in {"date", "published", "published_on"} and reading is not None:
        draft.published_on = reading.value
    elif name in {"place", "venue", "location"}:
        draft.place = value
    elif name in {"event", "conference"}:
        draft.telling_lines.append(line.number)
        draft.label(line.number, "event", 0.9)
        return True
    elif name in {"language", "lang"} and re.fullmatch(r"[A-Za-z]{2}(?:[-_]\w+)?", value):
        draft.language = value[:2].lower()
    elif name == "kind" and (kind := version_kind(value.replace("_", " "))) is not None:
        draft.kind = kind
    elif name in {"kicker", "caption"}:
        setattr(draft, name, value)
    draft.label(line.number, "metadata", 0.9)
    return True


def _line_paragraphs(draft: Draft, lines: Sequence[Line]) -> list[Paragraph]:
    paragraphs: list[Paragraph] = []
    previous = -1
    for line in lines:
        if not line.bare or _take_rule(draft, line):
            continue
        if line.chrome:
            draft.label(line.number, "chrome", 0.9)
            continue
        hint = "heading" if line.heading else line.hint
        paragraphs.append(
            Paragraph(
                line.bare, (line.number,), draft.blank_lines_part and line.number == previous + 1, hint, line.bold
            )
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
        if _take_rule(draft, line):
            page_turned = page_turned or _PAGE_MARK.fullmatch(bare) is not None
            continue
        turn = read_turn(bare)
        opens = turn is not None and (turn.sure or turn.speaker in speakers)
        goes_on = page_turned and texts and not texts[-1].endswith(_CLOSED) and not opens and line.indent < 2
        alone = is_remark(bare) or (len(numbers) == 1 and is_remark(texts[0]))
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
    return drops >= 3 and at_margin * 2 > len(filled)


def _unwrap(texts: Sequence[str]) -> str:
    """The lines as one; a word that was parted at its hyphen is whole again."""
    text = texts[0]
    for following in texts[1:]:
        at_hyphen = re.search(r"\w-$", text) is not None and following[:1].isalpha()
        text = f"{text}{following}" if at_hyphen else f"{text} {following}"
    return text
