"""What search engines and link previews are told of a transcript: schema.org as JSON-LD, and its share links."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote, urlencode

from confapp.domain.papers import Transcript
from confapp.domain.texts import in_language
from confapp.exports.prose import line


def article(
    paper: Transcript,
    *,
    address: str,
    frozen: str,
    session_address: str | None,
    policy: str,
    published_at: dt.datetime,
    corrections: Sequence[tuple[str, dt.datetime]] = (),
) -> dict[str, Any]:
    """The words as a schema.org Article: there is no type for a speech's transcript, and `transcript` belongs to media.

    `corrections` are (what was corrected, when), the newest first.
    """
    title = line(in_language(paper.conference, (paper.language,)))
    event: dict[str, Any] = {
        "@type": "Event",
        "name": line(in_language(paper.session_title, (paper.language,))) or title,
    }
    event["superEvent"] = {"@type": "Event", "name": title}
    if paper.delivered_on:
        event["startDate"] = paper.delivered_on.isoformat()
    if paper.place:
        event["location"] = {"@type": "Place", "name": line(paper.place)}
    if session_address:
        event["url"] = session_address
    person: dict[str, Any] = {"@type": "Person", "name": line(paper.byline)}
    if paper.byline_role:
        person["jobTitle"] = line(paper.byline_role)
    made: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Article",
        "@id": address,
        "url": address,
        "mainEntityOfPage": address,
        "headline": line(paper.headline),
        "inLanguage": paper.language,
        "author": person,
        "publisher": {"@type": "Organization", "name": title},
        "datePublished": _iso(published_at),
        "dateModified": _iso(paper.released_at),
        "version": paper.number,
        "isBasedOn": frozen,
        "identifier": {"@type": "PropertyValue", "propertyID": "SHA-256", "value": paper.hash},
        "wordCount": paper.words,
        "recordedAt": event,
        "correctionsPolicy": policy,
        "isAccessibleForFree": True,
    }
    if paper.is_self_approved:
        made["creditText"] = "Written and approved by one person."
    if paper.summary:
        made["description"] = line(paper.summary)
    if corrections:
        made["correction"] = [
            {"@type": "CorrectionComment", "text": line(note), "datePublished": _iso(moment)}
            for note, moment in corrections
        ]
    return made


def shares(headline: str, address: str) -> list[tuple[str, str]]:
    """(name, address) of plain links that hand a page on: those sites are asked nothing before somebody follows one."""
    both = {"text": headline, "url": address}
    return [
        ("E-mail", f"mailto:?{urlencode({'subject': headline, 'body': address}, quote_via=quote)}"),
        ("LinkedIn", f"https://www.linkedin.com/sharing/share-offsite/?{urlencode({'url': address})}"),
        ("Bluesky", f"https://bsky.app/intent/compose?{urlencode({'text': f'{headline} {address}'})}"),
        ("X", f"https://x.com/intent/post?{urlencode(both)}"),
        ("Facebook", f"https://www.facebook.com/sharer/sharer.php?{urlencode({'u': address})}"),
        ("WhatsApp", f"https://wa.me/?{urlencode({'text': f'{headline} {address}'})}"),
    ]


def _iso(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
