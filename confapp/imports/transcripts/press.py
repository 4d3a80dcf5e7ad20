"""Reads a keynote saved from a news page: the byline starts the transcript, the first piece of page furniture ends it.

The rules are anchored. Where an anchor is missing the words are kept, called by no name, and a person is asked.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from confapp.domain.errors import N_
from confapp.imports.transcripts.anchors import Anchors, find_anchors, is_prose
from confapp.imports.transcripts.bylines import split_speaker
from confapp.imports.transcripts.decoding import Line
from confapp.imports.transcripts.draft import Draft, some
from confapp.imports.transcripts.facts import dateline, only_date, version_kind
from confapp.imports.transcripts.markers import end_marker, is_furniture, is_page_link
from confapp.imports.transcripts.speech import Paragraph, is_remark, read_body

_BULLET = re.compile(r"[•●▪◦‣·*–-]\s+")
_CAPTION = re.compile(r"(?:photo|image|picture|caption|foto|bild|légende)(?:\s+(?:caption|credit|by))?\s*:\s*", re.I)
_PLACE = re.compile(r"(?:place|location|venue|where|lieu|ort|plaats)\s*:\s*(.{1,120})", re.I)
_DELIVERED = re.compile(
    r"\(?(?:remarks |speech |address )?delivered\b\s*(?:(?:in|at)\s+(.{1,100}?))?\s*,?\s*(?:on\s+(.{1,40}))?\)?\.?",
    re.IGNORECASE,
)
_EVENT = re.compile(r"(?:event|conference|occasion)\s*:\s*(.{1,150})", re.I)
_KICKERS = re.compile(
    r"(?:latest |breaking |press |top )?"
    r"(?:news|speech(?:es)?|press release|transcripts?|remarks|keynote|opinions?|statements?|"
    r"newsroom|events?|discours|actualités|nachrichten|nieuws|rede)(?: & \w+)?",
    re.IGNORECASE,
)


def read(draft: Draft, lines: Sequence[Line]) -> None:
    """Fill `draft` from a page's lines."""
    anchors = find_anchors(lines)
    end = len(lines) if anchors.end is None else anchors.end
    if anchors.byline is None:
        start = _read_head(draft, lines[:end], stop_at_prose=True)
        draft.review.append(N_("No byline was found, so nothing is called speech. Say who spoke, and from which line."))
    else:
        _read_head(draft, lines[: anchors.byline], stop_at_prose=False)
        start = _read_byline(draft, lines, anchors)
    body_lines = _below_byline(draft, lines, start, end, set(anchors.above))
    sure, tail = (body_lines, []) if anchors.end is not None else _without_tail(body_lines)
    read_body(draft, _paragraphs(draft, sure, lines), unclassified=anchors.byline is None)
    if anchors.end is None:
        draft.review.append(
            N_("Nothing marks the end of the transcript (no share row, poll or news list). Say which line is the last.")
        )
        read_body(draft, _paragraphs(draft, tail, lines), unclassified=True)
    else:
        _read_furniture(draft, lines[end:])


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
        _date_beside(draft, line)
    if anchors.rivals:
        draft.review.append(
            N_(
                "More than one line reads like a byline; line %(line)d was taken, not %(others)s.",
                line=line.number,
                others=some(list(anchors.rivals)),
            )
        )
    return start


def _date_beside(draft: Draft, line: Line) -> None:
    """The page's date where it shares the byline's line, behind a bar or a dot."""
    for part in re.split(r"\s+[|•·–—-]\s+", line.bare)[1:]:
        reading = only_date(part)
        if reading is not None and draft.published_on is None:
            draft.published_on = reading.value


def _read_head(draft: Draft, lines: Sequence[Line], *, stop_at_prose: bool) -> int:
    """Take what stands above the words; returns the position of the first line that is not head."""
    repeats = (
        {line.bare for line in lines if line.bare and sum(other.bare == line.bare for other in lines[:60]) > 1}
        if len(lines) < 500
        else set()
    )
    for index, line in enumerate(lines):
        bare = line.bare
        if not bare:
            continue
        if bare == draft.title:
            draft.label(line.number, "headline")
            draft.repeated.add(line.number)
        elif line.chrome or is_furniture(bare):
            draft.label(line.number, "chrome", 0.9)
        elif _stated_fact(draft, line):
            continue
        elif _BULLET.match(bare) or _CAPTION.match(bare):
            _caption(draft, line)
        elif (line.heading != 1 and _KICKERS.fullmatch(bare)) or (
            bare.isupper() and len(bare.split()) <= 4 and bare not in repeats
        ):
            if draft.kicker is None:
                draft.kicker = bare
            draft.label(line.number, "kicker", 0.9)
        elif draft.title is None and not (stop_at_prose and is_prose(bare) and bare not in repeats):
            draft.title = bare
            draft.label(line.number, "headline", 1.0 if bare in repeats or line.heading == 1 else 0.8)
        elif stop_at_prose:
            return index
        elif is_prose(bare):
            draft.label(line.number, "standfirst", 0.7)
            draft.warnings.append(
                N_("Line %(line)d stands above the byline and is not part of the words.", line=line.number)
            )
        else:
            draft.label(line.number, "unclassified", 0.2)
    return len(lines)


def _stated_fact(draft: Draft, line: Line) -> bool:
    """Take a line that states a date, a place, an event or the kind of text, and say whether it did."""
    bare = line.bare
    if (reading := only_date(bare)) is not None:
        if reading.value is None:
            draft.review.append(N_("“%(date)s” may be read two ways; give the date.", date=bare))
        elif draft.published_on is None:
            draft.published_on = reading.value
        elif draft.published_on != reading.value:
            draft.review.append(N_("Line %(line)d gives another date, “%(date)s”.", line=line.number, date=bare))
        draft.label(line.number, "date")
        return True
    if (kind := version_kind(bare)) is not None and not is_prose(bare):
        draft.kind = kind
        draft.label(line.number, "delivery")
        return True
    if (placed := dateline(bare)) is not None:
        draft.place, draft.delivered_on = draft.place or placed[0], draft.delivered_on or placed[1].value
        draft.review.append(
            N_("Place and date of delivery come from the dateline “%(text)s”; confirm them.", text=bare)
        )
        draft.label(line.number, "dateline", 0.8)
        return True
    if (delivered := _DELIVERED.fullmatch(bare)) is not None and (delivered[1] or delivered[2]):
        reading = only_date(delivered[2] or "")
        draft.place = draft.place or delivered[1]
        draft.delivered_on = draft.delivered_on or (reading.value if reading else None)
        draft.label(line.number, "delivery", 0.9)
        return True
    if (place := _PLACE.fullmatch(bare)) is not None:
        draft.place = place[1].strip()
        draft.label(line.number, "place")
        return True
    if _EVENT.fullmatch(bare):
        draft.telling_lines.append(line.number)
        draft.label(line.number, "event")
        return True
    return False


def _caption(draft: Draft, line: Line) -> None:
    text = _CAPTION.sub("", _BULLET.sub("", line.bare, count=1), count=1).strip()
    if draft.caption is None and text:
        draft.caption = text
        draft.telling_lines.append(line.number)
        draft.label(line.number, "caption", 0.9)
    else:
        draft.label(line.number, "unclassified", 0.3)


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
            or not _stated_fact(draft, line)
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


def _paragraphs(draft: Draft, body: Sequence[Line], lines: Sequence[Line]) -> list[Paragraph]:
    """One paragraph a line; `joined` where no blank line stands between it and the one before."""
    filled = {line.number for line in lines if line.bare}
    numbers = {line.number for line in body}
    return [
        Paragraph(
            line.bare,
            (line.number,),
            joined=draft.blank_lines_part and line.number - 1 in filled and line.number - 1 in numbers,
            hint="heading" if line.heading else line.hint,
            bold=line.bold,
        )
        for line in body
    ]


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
