"""Reads facts that a file states by name: "Title: ...", "Speaker: ...", a front matter, a caption file's header."""

from __future__ import annotations

import re

from confapp.imports.transcripts.bylines import split_speaker
from confapp.imports.transcripts.decoding import Line
from confapp.imports.transcripts.draft import Draft
from confapp.imports.transcripts.facts import find_date, version_kind

_STATED = re.compile(
    r"(title|headline|speakers?|date|delivered|published|event|conference|place|venue|location|language|lang|kind|source|"
    r"transcri(?:bed|pt) by|transcriber|duration|recorded)\s*:\s*(\S.{0,200})",
    re.IGNORECASE,
)


def is_statement(text: str) -> bool:
    """The line has the form of a named fact."""
    return _STATED.fullmatch(text) is not None


def read_statement(draft: Draft, line: Line) -> bool:
    """Take a line such as "Place: Lisbon" from the head of a file; says whether it is one."""
    stated = _STATED.fullmatch(line.bare)
    return stated is not None and state_fact(draft, line, stated[1], stated[2])


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
