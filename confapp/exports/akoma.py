"""Transcripts as Akoma Ntoso 3.0 (OASIS LegalDocML): a debate whose speeches, questions and answers keep their ids."""

from __future__ import annotations

import datetime as dt
from typing import Any

from lxml import etree

from confapp.domain.papers import Block, Transcript
from confapp.domain.texts import in_language
from confapp.exports.prose import line, lines

AKN = "http://docs.oasis-open.org/legaldocml/ns/akn/3.0"
SAID = {"speech": "speech", "question": "question", "answer": "answer"}
EDITOR = "press-office"


def akoma_ntoso(paper: Transcript, *, address: str, published_at: dt.datetime, country: str) -> bytes:
    """The words as a `debate`; `country` is the ISO 3166-1 code of where they were said ('' where nobody told).

    Of withdrawn words only the reason is left, as a narrative.
    """
    root = etree.Element(f"{{{AKN}}}akomaNtoso", nsmap={None: AKN})
    debate = _put(root, "debate", name="transcript")
    speakers = {} if paper.is_withdrawn else _speakers(paper)
    _meta(debate, paper, speakers, address=address, published_at=published_at, country=country)
    body = _put(debate, "debateBody")
    section = _put(body, "debateSection", name="transcript", eId="dbsect_1")
    if paper.is_withdrawn:
        _put(section, "heading", eId="dbsect_1__heading").text = "—"
        _put(section, "narrative", eId="withdrawn").text = line(paper.withdrawn_reason)
    else:
        _put(section, "heading", eId="dbsect_1__heading").text = line(paper.headline)
        said_by = paper.byline
        for block in paper.blocks:
            said_by = block.speaker or said_by
            _block(section, block, speakers[said_by])
    return bytes(etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True))


def _speakers(paper: Transcript) -> dict[str, str]:
    """An eId for everybody who is named as saying something."""
    names = [paper.byline, *(block.speaker for block in paper.blocks if block.speaker)]
    return {name: f"person_{number}" for number, name in enumerate(dict.fromkeys(names), 1)}


def _meta(
    debate: Any,
    paper: Transcript,
    speakers: dict[str, str],
    *,
    address: str,
    published_at: dt.datetime,
    country: str,
) -> None:
    meta = _put(debate, "meta")
    identification = _put(meta, "identification", source=f"#{EDITOR}")
    day = (paper.delivered_on or published_at.astimezone(dt.UTC).date()).isoformat()
    released = paper.released_at.astimezone(dt.UTC).date().isoformat()
    work = f"/akn/{(country or 'un').lower()}/debate/{day}/{paper.public_id}"
    expression = f"{work}/{_language(paper.language)}@{released}"
    for level, uri, date, name in (
        ("FRBRWork", work, day, "delivery"),
        ("FRBRExpression", expression, released, "publication"),
        ("FRBRManifestation", f"{expression}.akn", released, "publication"),
    ):
        frbr = _put(identification, level)
        _put(frbr, "FRBRthis", value=f"{uri}/!main" if level != "FRBRManifestation" else uri)
        _put(frbr, "FRBRuri", value=uri)
        if level == "FRBRWork":
            _put(frbr, "FRBRalias", value=address, name="permalink")
        _put(frbr, "FRBRdate", date=date, name=name)
        _put(frbr, "FRBRauthor", href=f"#{EDITOR}")
        if level == "FRBRWork":
            _put(frbr, "FRBRcountry", value=(country or "un").lower())
        if level == "FRBRExpression":
            _put(frbr, "FRBRversionNumber", value=str(paper.number))
            _put(frbr, "FRBRlanguage", language=_language(paper.language))
    references = _put(meta, "references", source=f"#{EDITOR}")
    title = line(in_language(paper.conference, (paper.language,)))
    _put(references, "TLCOrganization", eId=EDITOR, href=f"/ontology/organization/{EDITOR}", showAs=title or "—")
    for name, identifier in speakers.items():
        _put(references, "TLCPerson", eId=identifier, href=f"/ontology/person/{identifier}", showAs=line(name) or "—")


def _block(section: Any, block: Block, speaker: str) -> None:
    words = lines(block.text).strip()
    if block.kind in SAID:
        element = _put(section, SAID[block.kind], by=f"#{speaker}", eId=f"p-{block.id}")
        _put(element, "p", eId=f"p-{block.id}__p_1").text = words
        return
    if block.kind == "scene":
        _put(section, "scene", eId=f"p-{block.id}").text = words
        return
    narrative = _put(section, "narrative", eId=f"p-{block.id}")
    inner = "omissis" if block.kind == "omission" else "remark"
    _put(narrative, inner, eId=f"p-{block.id}__{inner}_1").text = words


def _language(tag: str) -> str:
    """The primary subtag: RFC 4646 as Akoma Ntoso wants it in URIs."""
    return tag.split("-")[0]


def _put(parent: Any, tag: str, **attributes: str) -> Any:
    return etree.SubElement(parent, f"{{{AKN}}}{tag}", attributes)
