"""Reads a keynote saved from a news page: the byline starts the transcript, the first piece of page furniture ends it.

The rules are anchored. Where an anchor is missing the words are kept, called by no name, and a person is asked.
"""

from __future__ import annotations

from collections.abc import Sequence

from confapp.domain.errors import N_
from confapp.imports.transcripts.anchors import Anchors, find_anchors, is_prose
from confapp.imports.transcripts.bylines import split_speaker
from confapp.imports.transcripts.decoding import Line
from confapp.imports.transcripts.draft import Draft, some
from confapp.imports.transcripts.facts import version_kind
from confapp.imports.transcripts.head import date_beside, read_head, stated_fact
from confapp.imports.transcripts.markers import end_marker, is_page_link
from confapp.imports.transcripts.speech import Paragraph, is_remark, read_body
from confapp.imports.transcripts.wrapping import cut_paragraphs


def read(draft: Draft, lines: Sequence[Line], *, closed: bool = False) -> None:
    """Fill `draft` from a page's lines. `closed`: something else than a line says that the words end with the last."""
    anchors = find_anchors(lines)
    end = len(lines) if anchors.end is None else anchors.end
    if anchors.byline is None:
        start = read_head(draft, lines[:end], stop_at_words=True)
    else:
        read_head(draft, lines[: anchors.byline], stop_at_words=False)
        start = _read_byline(draft, lines, anchors)
    body = _below_byline(draft, lines, start, end, set(anchors.above))
    sure, tail = (body, []) if anchors.end is not None else _without_tail(body)
    read_body(draft, _words(draft, sure, lines), unclassified=anchors.byline is None)
    if any(block.kind == "unclassified" for block in draft.blocks):
        draft.review.append(N_("No byline was found, so nothing is called speech. Say who spoke, and from which line."))
    elif anchors.byline is None:
        draft.review.append(N_("No byline was found; the words start where the first speaker is named."))
    if anchors.end is not None:
        _read_furniture(draft, lines[end:])
        return
    if not closed:
        draft.review.append(
            N_("Nothing marks the end of the transcript (no share row, poll or news list). Say which line is the last.")
        )
    read_body(draft, _words(draft, tail, lines), unclassified=True)


def _read_byline(draft: Draft, lines: Sequence[Line], anchors: Anchors) -> int:
    """Take the byline; returns where the lines below it start."""
    index, read = anchors.byline or 0, anchors.read
    line = lines[index]
    draft.label(line.number, "byline", 1.0 if read and read.weight == 2 else 0.95)
    start = index + 1
    if line.bare.casefold().rstrip(":") == "by":
        start = next(i for i in range(start, len(lines)) if lines[i].bare) + 1
        draft.label(lines[start - 1].number, "byline", 0.9)
    if read is not None:
        draft.speaker = None if read.desk else split_speaker(read.text)
        if read.desk:
            draft.review.append(N_("The byline names an office, “%(text)s”, not the speaker.", text=read.text))
        elif draft.speaker is None:
            draft.review.append(N_("The byline “%(text)s” cannot be parted into name and role.", text=read.text))
        date_beside(draft, line)
    if anchors.rivals:
        draft.review.append(
            N_(
                "More than one line reads like a byline; line %(line)d was taken, not %(others)s.",
                line=line.number,
                others=some(list(anchors.rivals)),
            )
        )
    return start


def _below_byline(draft: Draft, lines: Sequence[Line], start: int, end: int, above: set[int]) -> list[Line]:
    """The lines of the words: what is left when facts stated right below the byline are taken."""
    body: list[Line] = []
    for index in range(start, end):
        line = lines[index]
        if not line.bare:
            continue
        if index in above or line.chrome:
            draft.label(line.number, "share" if index in above else "chrome", 0.9)
        elif line.bare == draft.title and not body:
            draft.label(line.number, "headline")
            draft.repeated.add(line.number)
        elif (
            body
            or (is_remark(line.bare) and version_kind(line.bare) is None)
            or is_prose(line.bare)
            or not stated_fact(draft, line)
        ):
            body.append(line)
    return body


def _without_tail(body: list[Line]) -> tuple[list[Line], list[Line]]:
    """Words that end like sentences, and the run of lines below them that do not."""
    last = len(body)
    while last and not (
        body[last - 1].bare.rstrip("\"”’')]").endswith((".", "!", "?", "…")) or is_remark(body[last - 1].bare)
    ):
        last -= 1
    return (body[:last], body[last:]) if last else (body, [])


def _words(draft: Draft, body: Sequence[Line], lines: Sequence[Line]) -> list[Paragraph]:
    """The paragraphs of `body`, cut with the blank lines of `lines` around them."""
    numbers = {line.number for line in body}
    return cut_paragraphs(draft, [line for line in lines if line.number in numbers or not line.bare])


def _read_furniture(draft: Draft, lines: Sequence[Line]) -> None:
    """Label what stands below the end, and say so where it reads like more of the speech."""
    section = "chrome"
    prose: list[int] = []
    for line in lines:
        if not line.bare:
            continue
        marker = end_marker(line.bare)
        section = marker or section
        link = marker is None and is_page_link(line.bare)
        draft.label(line.number, "page-link" if link else section, 1.0 if marker else 0.9)
        if len(line.bare.split()) >= 30:
            prose.append(line.number)
    if prose:
        draft.review.append(
            N_(
                "Long paragraphs stand below the end of the transcript, at line %(lines)s: are they part of it?",
                lines=some(prose),
            )
        )
