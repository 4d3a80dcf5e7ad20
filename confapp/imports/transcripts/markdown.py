"""Reads a transcript in Markdown (CommonMark): headings, bold speakers and a front matter; raw HTML is never kept."""

from __future__ import annotations

import re
from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token

from confapp.domain.errors import N_
from confapp.imports.transcripts import anchors, plain, press
from confapp.imports.transcripts.decoding import Line, refuse
from confapp.imports.transcripts.draft import Draft, some
from confapp.imports.transcripts.stated import state_fact

# Each of these can open a construct that the parser has to try; a transcript has a few hundred.
_MARKS = "*_[]`<"
MOST_MARKS = 100_000
_FRONT_MATTER = re.compile(r"([A-Za-z][\w -]{0,30})\s*:\s*(\S.{0,300})")
_SIGNS = re.compile(r"(?:#{1,6}\s+\S|\*\*[^*\n]{2,60}:\*\*|\*\*[^*\n]{2,60}\*\*\s*:|\[[^\]\n]+\]\([^)\s]+\))")


def looks_like_markdown(lines: Sequence[Line]) -> bool:
    """The text uses at least two of Markdown's signs that nobody writes by accident."""
    return sum(_SIGNS.match(line.bare) is not None for line in lines[:400]) >= 2


def read(draft: Draft, lines: Sequence[Line]) -> None:
    """Fill `draft` from Markdown. Raises `Invalid` for more markup than `MOST_MARKS`."""
    marks = sum(line.text.count(mark) for line in lines for mark in _MARKS)
    if marks > MOST_MARKS:
        raise refuse(
            N_("The file has %(marks)d marks of Markdown; %(limit)d are the most.", marks=marks, limit=MOST_MARKS)
        )
    start = _read_front_matter(draft, lines)
    source = "\n".join("" if index < start else line.text for index, line in enumerate(lines))
    shown = _shown_lines(draft, MarkdownIt("commonmark", {"maxNesting": 20}).parse(source), lines)
    if anchors.looks_like_page(shown):
        press.read(draft, shown)
    else:
        plain.read(draft, shown)


def _read_front_matter(draft: Draft, lines: Sequence[Line]) -> int:
    """Take "---", "key: value", "---" off the top; returns the position below it."""
    if not lines or lines[0].bare != "---":
        return 0
    end = next((i for i, line in enumerate(lines[1:60], 1) if line.bare in {"---", "..."}), None)
    if end is None or not all(not line.bare or ":" in line.text or line.text[:1] in " -#" for line in lines[1:end]):
        return 0
    for line in lines[: end + 1]:
        if line.bare:
            draft.label(line.number, "metadata")
        stated = _FRONT_MATTER.fullmatch(line.bare)
        if stated is not None and not state_fact(draft, line, stated[1], stated[2]):
            draft.review.append(N_("Line %(line)d of the front matter could not be read.", line=line.number))
    return end + 1


def _shown_lines(draft: Draft, tokens: Sequence[Token], lines: Sequence[Line]) -> list[Line]:
    """One line for each block of text, under the number of the line that it starts on; blank lines between blocks."""
    shown: list[Line] = []
    markup: list[int] = []
    heading = 0
    for token in tokens:
        first = token.map[0] + 1 if token.map else 0
        if token.type == "heading_open":
            heading = int(token.tag[1:])
        elif token.type == "html_block":
            markup.extend(range(first, token.map[1] + 1 if token.map else first))
        elif token.type in {"fence", "code_block"}:
            body = token.content.splitlines()
            offset = 1 if token.type == "fence" else 0
            shown.extend(Line(first + offset + index, text.strip()) for index, text in enumerate(body))
            if token.type == "fence" and token.map:
                for number in {first, token.map[1]}:
                    draft.label(number, "markup")
        elif token.type == "hr":
            draft.label(first, "rule")
        elif token.type == "inline" and token.map:
            texts, bold, has_markup = _inline_text(token)
            if has_markup:
                markup.append(first)
            for offset, text in enumerate(texts):
                # A forced line break starts a line of its own; otherwise the block is one line.
                shown.append(Line(first + offset, text, heading, bold=bold if offset == 0 else ""))
            for number in range(first + len(texts), token.map[1] + 1):
                draft.label(number, "continuation")
            heading = 0
    for number in dict.fromkeys(markup):
        if 0 < number <= len(lines) and lines[number - 1].bare and all(line.number != number for line in shown):
            draft.label(number, "markup", 0.9)
    if markup:
        draft.warnings.append(
            N_("HTML tags were left out, at line %(lines)s.", lines=some(list(dict.fromkeys(markup))))
        )
    return _spaced(shown)


def _spaced(shown: Sequence[Line]) -> list[Line]:
    """The lines in order, each number once, with a blank one wherever a number is free."""
    by_number: dict[int, Line] = {}
    for line in shown:
        if line.bare:
            known = by_number.get(line.number)
            by_number[line.number] = (
                line if known is None else Line(line.number, f"{known.text} {line.text}", known.heading)
            )
    last = max(by_number, default=0)
    return [by_number.get(number, Line(number, "")) for number in range(1, last + 1)]


def _inline_text(token: Token) -> tuple[list[str], str, bool]:
    """The words of a block, cut at forced line breaks; the bold words that it opens with; whether tags were dropped."""
    parts: list[list[str]] = [[]]
    bold: list[str] = []
    in_bold, leads, has_markup = False, True, False
    for child in token.children or []:
        if child.type in {"text", "code_inline", "text_special", "image"}:
            if in_bold and leads:
                bold.append(child.content)
            leads = leads and (in_bold or not child.content.strip())
            parts[-1].append(child.content)
        elif child.type == "softbreak":
            parts[-1].append(" ")
        elif child.type == "hardbreak":
            parts.append([])
        elif child.type in {"strong_open", "strong_close"}:
            in_bold = child.type == "strong_open"
        elif child.type == "html_inline":
            has_markup = True
    return ["".join(part).strip() for part in parts], "".join(bold), has_markup
