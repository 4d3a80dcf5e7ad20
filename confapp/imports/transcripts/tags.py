"""Refuses pages whose tags are built to stall a parser, before a parser sees them."""

from __future__ import annotations

import re

from confapp.domain.errors import N_
from confapp.imports.transcripts.decoding import refuse

MOST_TAGS = 100_000
# Parsers look for repeated attributes one by one, so a tag's cost grows with the square of their number.
MOST_ATTRIBUTES = 500

_ENTITIES = re.compile(r"<!DOCTYPE[^>\[]{0,500}\[|<!ENTITY\b", re.IGNORECASE)
_OPENING = re.compile(r"<(?:(!--)|/?([A-Za-z][^\s/>]*+))")
# As the HTML standard cuts them (section 13.2.5.32 and on): a quotation mark means something only after "=".
_ATTRIBUTE = re.compile(r"[\s/]*+([^\s/>=]++(?:\s*+=\s*+(?:\"[^\"]*+\"?|'[^']*+'?|[^\s>]*+))?|=)")
_COMMENT_END = re.compile(r"--!?>")
_RAW_END = {name: re.compile(f"</{name}", re.IGNORECASE) for name in ("script", "style")}


def check_tags(text: str) -> None:
    """Raises `Invalid` for a page with entities of its own, with too many tags, or with too many attributes in one."""
    if _ENTITIES.search(text[:20_000]):
        raise refuse(N_("The page declares entities of its own, which no page needs. Save it as plain HTML."))
    tags = text.count("<")
    if tags > MOST_TAGS:
        raise refuse(N_("The page has %(tags)d tags; %(limit)d are the most.", tags=tags, limit=MOST_TAGS))
    position = 0
    while (opening := _OPENING.search(text, position)) is not None:
        position = opening.end()
        if opening[1] is not None:
            # "<!-->" is a whole comment, so its end may share the dashes of its start.
            end = _COMMENT_END.search(text, position - 2)
            position = end.end() if end else position
            continue
        attributes = 0
        while (attribute := _ATTRIBUTE.match(text, position)) is not None:
            position = attribute.end()
            attributes += 1
            if attributes > MOST_ATTRIBUTES:
                raise refuse(N_("A tag of the page has more than %(limit)d attributes.", limit=MOST_ATTRIBUTES))
        raw = _RAW_END.get(opening[2].lower())
        if raw is not None and (end := raw.search(text, position)) is not None:
            position = end.start() + 2 + len(opening[2])
