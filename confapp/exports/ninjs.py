"""Transcripts for news agencies: IPTC ninjs 3.1, which knows no "until delivered", so only released words are told."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from markupsafe import escape

from confapp.domain.papers import Block, Transcript
from confapp.domain.texts import in_language
from confapp.exports.prose import line, lines

SCHEMA = "http://www.iptc.org/std/ninjs/ninjs-schema_3.1.json#"
ASIDE = frozenset({"remark", "scene", "omission"})


def ninjs(paper: Transcript, *, address: str, frozen: str, published_at: dt.datetime, policy: str) -> bytes:
    """One news object; its `uri` outlives corrections, its `version` counts publications.

    Withdrawn words are `canceled`, with the reason as editorial note and nothing else of them.
    """
    conference = line(in_language(paper.conference, (paper.language,)))
    made: dict[str, Any] = {
        "uri": address,
        "standard": {"name": "ninjs", "version": "3.1", "schema": SCHEMA},
        "type": "text",
        "representationType": "full",
        "profile": "text-only",
        "version": str(paper.number),
        "firstCreated": _iso(published_at),
        "versionCreated": _iso(paper.withdrawn_at or paper.released_at),
        "pubStatus": "canceled" if paper.is_withdrawn else "usable",
        "language": paper.language,
        "altIds": [{"role": "sha256", "value": paper.hash}, {"role": "permalink", "value": frozen}],
        "trustIndicators": [
            {
                "role": "http://cv.iptc.org/newscodes/trustindicator/correctionsPolicy",
                "title": "Corrections policy",
                "href": policy,
            }
        ],
    }
    if paper.is_withdrawn:
        made["edNote"] = line(paper.withdrawn_reason)
    else:
        made |= _words(paper, conference)
        made["renditions"] = [{"name": "print", "href": f"{frozen}.pdf", "contentType": "application/pdf"}]
    return (json.dumps(made, ensure_ascii=False, indent=1) + "\n").encode()


def _words(paper: Transcript, conference: str) -> dict[str, Any]:
    plain = "\n\n".join(lines(block.text).strip() for block in paper.blocks)
    made: dict[str, Any] = {
        "headlines": [{"role": "main", "value": line(paper.headline)}],
        "bodies": [
            {
                "role": "main",
                "contentType": "text/plain",
                "charCount": len(plain),
                "wordCount": paper.words,
                "value": plain,
            },
            {
                "role": "richtext",
                "contentType": "application/xhtml+xml",
                "value": "".join(_paragraph(block) for block in paper.blocks),
            },
        ],
        "by": ", ".join(line(each) for each in (paper.byline, paper.byline_role) if each),
        "people": [{"name": line(name), "rel": "author"} for _code, name in paper.speakers]
        or [{"name": line(paper.byline), "rel": "author"}],
        "events": [
            {"name": line(in_language(texts, (paper.language,))), "rel": "about"}
            for texts in (paper.session_title, paper.conference)
            if texts
        ],
        "copyrightHolder": conference,
        "genres": [{"name": "Text of a speech", "uri": "http://cv.iptc.org/newscodes/genre/Raw"}],
    }
    if paper.kicker:
        made["headlines"].append({"role": "kicker", "value": line(paper.kicker)})
    if paper.summary:
        made["descriptions"] = [{"role": "summary", "contentType": "text/plain", "value": line(paper.summary)}]
    if paper.place:
        made |= {"located": line(paper.place), "places": [{"name": line(paper.place), "rel": "about"}]}
    if paper.delivered_on:
        made["contentCreated"] = f"{paper.delivered_on.isoformat()}T00:00:00Z"
    notes = {"as_prepared": "Check against delivery.", "as_delivered": "As delivered.", "notes": "Speaking notes."}
    said = [notes.get(paper.kind, "")]
    if paper.is_not_delivered:
        said.append("Not delivered.")
    if paper.is_self_approved:
        said.append("Written and approved by one person.")
    if paper.correction:
        said.append(f"Corrects an earlier version: {line(paper.correction_note)}")
    made["edNote"] = " ".join(filter(None, said))
    return made


def _paragraph(block: Block) -> str:
    words = escape(lines(block.text).strip())
    return f'<p id="p-{block.id}">{f"<em>{words}</em>" if block.kind in ASIDE else words}</p>'


def _iso(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
