"""Reads what stands above the words of a page: headline and its copies, kicker, dates, caption, place, menu."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from confapp.domain.errors import N_
from confapp.imports.transcripts.anchors import is_prose
from confapp.imports.transcripts.bylines import read_byline
from confapp.imports.transcripts.decoding import Line
from confapp.imports.transcripts.draft import Draft
from confapp.imports.transcripts.facts import dateline, only_date, version_kind
from confapp.imports.transcripts.markers import is_furniture
from confapp.imports.transcripts.speech import read_turn
from confapp.imports.transcripts.stated import is_statement, read_statement

# No line that states one fact is longer.
_LONGEST_FACT = 200
_BULLET = re.compile(r"[•●▪◦‣·*–-]\s+")
_CAPTION = re.compile(r"(?:photo|image|picture|caption|foto|bild|légende)(?:\s+(?:caption|credit|by))?\s*:\s*", re.I)
_PLACE = re.compile(r"(?:place|location|venue|where|lieu|ort|plaats)\s*:\s*(.{1,120})", re.I)
_DELIVERED = re.compile(
    r"\(?(?:remarks |speech |address )?delivered(?:\s+(?:in|at)\s+(.{1,100}?))?(?:\s*,?\s+on\s+(.{1,40}))?\)?\.?",
    re.IGNORECASE,
)
_EVENT = re.compile(r"(?:event|conference|occasion)\s*:\s*(.{1,150})", re.I)
_KICKERS = re.compile(
    r"(?:latest |breaking |press |top )?"
    r"(?:news|speech(?:es)?|press release|transcripts?|remarks|keynote|opinions?|statements?|"
    r"newsroom|events?|discours|actualités|nachrichten|nieuws|rede)(?: & \w+)?",
    re.IGNORECASE,
)


def read_head(draft: Draft, lines: Sequence[Line], *, stop_at_words: bool) -> int:
    """Take what stands above the words; returns the position of the first line that does not belong to it."""
    top = Counter(line.bare for line in lines[:60] if line.bare)
    repeats = {text for text, times in top.items() if times > 1}
    head = lines[: _words_start(lines, repeats)] if stop_at_words else lines
    draft.title = draft.title or _headline(draft, head, repeats)
    titled = False
    for line in head:
        bare = line.bare
        if not bare:
            continue
        if bare == draft.title:
            draft.label(line.number, "headline", 1.0 if bare in repeats or line.heading == 1 else 0.8)
            if titled:
                draft.repeated.add(line.number)
            titled = True
        elif line.chrome or is_furniture(bare):
            draft.label(line.number, "chrome", 0.9)
        elif stated_fact(draft, line):
            continue
        elif _BULLET.match(bare) or _CAPTION.match(bare):
            _caption(draft, line)
        elif _is_kicker(line):
            draft.kicker = draft.kicker or bare
            draft.label(line.number, "kicker", 0.9)
        elif read_byline(bare) is not None:
            draft.label(line.number, "byline", 0.5)
            date_beside(draft, line)
        elif is_prose(bare):
            draft.label(line.number, "standfirst", 0.7)
            draft.warnings.append(
                N_("Line %(line)d stands above the byline and is not part of the words.", line=line.number)
            )
        else:
            draft.label(line.number, "unclassified", 0.2)
    return len(head)


def _words_start(lines: Sequence[Line], repeats: set[str]) -> int:
    """The position of the first line that somebody may have said."""
    for index, line in enumerate(lines):
        said = is_prose(line.bare) or (read_turn(line.bare) is not None and not _states(line))
        if line.bare and line.bare not in repeats and line.heading != 1 and not line.chrome and said:
            return index
    return len(lines)


def _states(line: Line) -> bool:
    """The line states one fact about the text."""
    bare = line.bare
    if len(bare) > _LONGEST_FACT:
        return False
    return is_statement(bare) or any(
        (only_date(bare), dateline(bare), version_kind(bare), _PLACE.fullmatch(bare), _EVENT.fullmatch(bare))
    )


def _headline(draft: Draft, lines: Sequence[Line], repeats: set[str]) -> str | None:
    """A first-level heading, the line that the page says twice, or the first that is long enough for a headline."""
    candidates = [line for line in lines if line.bare and (line.bare in repeats or not _says_something_else(line))]
    for fits in (lambda line: line.heading == 1, lambda line: line.bare in repeats and len(line.bare.split()) > 1):
        if (sure := next(filter(fits, candidates), None)) is not None:
            return sure.bare
    if not candidates:
        return None
    chosen = next((line for line in candidates if len(line.bare.split()) >= 3), candidates[0])
    if len(candidates) > 1:
        draft.review.append(N_("Line %(line)d was taken for the headline; see that it is.", line=chosen.number))
    return chosen.bare


def _says_something_else(line: Line) -> bool:
    bare = line.bare
    if line.chrome or is_furniture(bare) or _is_kicker(line) or _BULLET.match(bare) or _CAPTION.match(bare):
        return True
    return _states(line) or read_byline(bare) is not None or (is_prose(bare) and len(bare.split()) > 20)


def _is_kicker(line: Line) -> bool:
    capitals = line.bare.isupper() and len(line.bare.split()) <= 4
    return line.heading != 1 and (capitals or (len(line.bare) < 60 and _KICKERS.fullmatch(line.bare) is not None))


def date_beside(draft: Draft, line: Line) -> None:
    """Take the page's date where it shares the byline's line, behind a bar or a dot."""
    for part in re.split(r"\s+[|•·–—-]\s+", line.bare)[1:]:
        reading = only_date(part)
        if reading is not None and draft.published_on is None:
            draft.published_on = reading.value


def stated_fact(draft: Draft, line: Line) -> bool:
    """Take a line that states a date, a place, an event or the kind of text, and say whether it did."""
    bare = line.bare
    if len(bare) > _LONGEST_FACT:
        return False
    if not _EVENT.fullmatch(bare) and read_byline(bare) is None and read_statement(draft, line):
        return True
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
