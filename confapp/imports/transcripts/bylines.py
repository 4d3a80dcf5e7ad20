"""Finds the line that says whose words follow, and parts it into name, role and organisation without guessing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from confapp.imports.transcripts.facts import find_date
from confapp.imports.transcripts.plan import SpeakerPlan

_SPEECH = (
    r"(?:(?:opening|closing|welcome|welcoming|introductory|keynote|joint|doorstep|brief|short|the|full)\s+)*"
    r"(?:remarks|speech|keynote|address|statement|intervention|lecture|talk|comments|transcript of remarks|discours|"
    r"allocution|intervention|rede|ansprache|toespraak|speech|discurso|discurs|discorso)"
)
_LEADS: Final = (
    # What says that these are spoken words outweighs a plain "By", which may name the page's author.
    (
        re.compile(
            rf"{_SPEECH}(?:\s+(?:as\s+)?(?:delivered|given|held|prononcée?))?\s+"
            r"(?:by|of|par|de|von|van|door|por|di)\s+",
            re.I,
        ),
        2,
    ),
    (
        re.compile(r"(?:(?:delivered|spoken) by|(?:keynote )?speaker|orateur|redner(?:in)?|spreker)\s*:?\s+", re.I),
        2,
    ),
    (re.compile(r"(?:by|written by|author|par|von|door|por|per)\s*:?\s+", re.I), 1),
)
_DESKS = re.compile(
    r"(?:the\s+)?(?:admin|administrator|editor|editors|staff|newsroom|webmaster|our correspondent|guest|"
    r"(?:press|news|web|media|editorial)\s+(?:office|desk|team|service|staff)|staff\s+(?:writer|reporter)|"
    r"[\w ]{0,40}\b(?:reporter|correspondent|newsroom|editor)s?)",
    re.IGNORECASE,
)
_ROLE_NAMES = (
    "Secretary General|Secretary-General|Deputy Secretary General|Deputy Secretary-General|Assistant Secretary General|"
    "Assistant Secretary-General|Under-Secretary-General|Secretary of State|Secretary of Defense|Secretary of Defence|"
    "Prime Minister|Deputy Prime Minister|Vice Prime Minister|President|Vice President|Vice-President|"
    "Executive Vice President|First Vice-President|Minister of Defence|Minister of Defense|Minister of Foreign Affairs|"
    "Minister for Defence|Minister for Foreign Affairs|Minister of Health|Minister of State|Minister|Defence Minister|"
    "Defense Minister|Foreign Minister|Health Minister|Deputy Minister|Ambassador|Permanent Representative|"
    "High Representative|Special Representative|Special Envoy|Commissioner|"
    "Chancellor|Vice Chancellor|Federal Chancellor|"
    "Governor|Lieutenant Governor|Mayor|Lord Mayor|Senator|Representative|Speaker|King|Queen|Prince|Princess|"
    "Director General|Director-General|Deputy Director General|Executive Director|Managing Director|Deputy Director|"
    "Director|Chief Executive Officer|Chief Executive|Chief Technology Officer|Chief Scientist|Chief of Staff|CEO|CTO|"
    "CFO|Chairman|Chairwoman|Chairperson|Chair|Vice Chair|Co-Chair|Spokesperson|Spokesman|Spokeswoman|Head|Dean|Rector|"
    "Principal|Provost|Professor|Associate Professor|Assistant Professor|Lecturer|Researcher|Lead|Engineer|Founder|"
    "Co-founder|Coordinator|Admiral|Vice Admiral|Rear Admiral|General|Lieutenant General|Major General|"
    "Brigadier General|Colonel|Lieutenant Colonel|Captain|Major|Commander|Commandant|Supreme Allied Commander Europe|"
    "Supreme Allied Commander Transformation|Secrétaire général|Secrétaire générale|Premier ministre|Ministre|"
    "Président|Présidente|Directeur|Directrice|Ambassadeur|Ambassadrice|Generalsekretär|Generalsekretärin|"
    "Bundeskanzler|Bundeskanzlerin|Ministerpräsident|Präsident|Präsidentin|Secretaris-generaal|Minister-president"
)  # fmt: skip
_ROLE: Final = re.compile(
    r"(?<![\w-])(?:Acting |Former |Outgoing |Honorary )?(?:"
    + "|".join(sorted((re.escape(name) for name in _ROLE_NAMES.split("|")), key=len, reverse=True))
    + r")(?![\w-])",
    re.IGNORECASE,
)
_OCCASION = re.compile(r"\s+(?:at|during|to|before|ahead of|following|au|à|bei|auf|op)\s+(?:the\s+)?(?=\S).*$", re.I)
_COURTESY = re.compile(r"^(?:(?:H\.?\s?E\.?|The Hon\.?|Hon\.|Mr\.?|Mrs\.?|Ms\.?|M\.|Mme|Herr|Frau|the)\s+)+", re.I)
_NAME = re.compile(
    r"(?:[A-ZÀ-Þ][\w’'.-]*|(?:van|von|de|der|den|la|le|bin|al|da|dos|di|du|ter|ten|zu|el|y|i)(?=\s))"
    r"(?:\s+(?:[A-ZÀ-Þ][\w’'.-]*|van|von|de|der|den|la|le|bin|al|da|dos|di|du|ter|ten|zu|el|y|i)){0,5}"
)


@dataclass(frozen=True)
class Byline:
    """A line that says whose words follow."""

    text: str
    """What follows "By"."""
    weight: int
    """2 where the line speaks of remarks or a speaker, 1 for a plain "By", which may name the page's author."""
    desk: bool
    """It names an office, not a person."""


def read_byline(text: str) -> Byline | None:
    """The byline that `text` is, or None: a sentence that merely begins with "By" is none."""
    bare = text.strip().strip("*_ ")
    if len(bare) > 200:
        return None
    for lead, weight in _LEADS:
        match = lead.match(bare)
        if match is None:
            continue
        rest = _without_tail(bare[match.end() :])
        words = _OCCASION.sub("", rest).split()
        if _DESKS.fullmatch(rest):
            return Byline(rest, weight, desk=True)
        capitals = sum(word[0].isupper() for word in words)
        sentence = rest.endswith((".", "?", "!", ";")) and not re.search(r"\b(?:Jr|Sr|Ph\.?D|[A-Z])\.$", rest)
        # A title or a name has hardly a small letter in front of a word; a sentence has little else.
        if rest and not sentence and len(words) <= 16 and capitals >= 1 and capitals * 2 >= len(words):
            return Byline(rest, weight, desk=False)
    return None


def _without_tail(text: str) -> str:
    """`text` without a date or a page's own notes after a bar or a dot."""
    head = re.split(r"\s+[|•·]\s+", text, maxsplit=1)[0]
    reading = find_date(head)
    if reading is not None:
        head = re.sub(r"(?:\s+on)?[\s,–—(-]*$", "", head[: reading.start])
    return head.strip(" ,:–—-")


def split_speaker(text: str) -> SpeakerPlan | None:
    """Name, role and organisation in a byline's text; None where the parts cannot be told apart for certain."""
    text = " ".join(_COURTESY.sub("", text.strip()).split())
    shorter = _OCCASION.sub("", text)
    # "Jane Doe, Head of Data at Harbour Labs" names an employer; without a comma before it, "at" names an occasion.
    if len(shorter.split()) > 1 and ("," not in shorter or re.match(r"\s+\w+\s+the\s", text[len(shorter) :])):
        text = shorter.rstrip(" ,")
    if "(" in text and text.endswith(")"):
        before, _, inside = text[:-1].partition("(")
        text = f"{before.strip()}, {inside.strip()}"
    first, comma, rest = text.partition(",")
    if comma:
        inner = split_speaker(first) if _ROLE.search(first) else _named(first, None, None)
        if inner is None or inner.role is not None:
            return inner
        return _named(inner.name, *_role_and_organisation(rest.strip()))
    role = _ROLE.search(text)
    if role is None:
        return _named(text, None, None)
    organisation = text[: role.start()].strip() or None
    name = text[role.end() :].strip()
    title = role[0]
    while (next_role := _ROLE.match(name)) is not None:
        # "Chairman Admiral Jane Doe": both words are hers.
        title, name = f"{title} {next_role[0]}", name[next_role.end() :].strip()
    of = re.match(r"(?:of|du|de l['’]|der|van)\s+(?:the\s+)?([A-ZÀ-Þ]{2,})\s+", name)
    if of is not None and organisation is None:
        organisation, name = of[1], name[of.end() :]
    return _named(name, title, organisation)


def _role_and_organisation(text: str) -> tuple[str | None, str | None]:
    """Role and organisation out of what follows the name: "Director, X", "X Director", "Director of X", "X"."""
    role = _ROLE.search(text)
    if role is None:
        return None, text or None
    before, after = text[: role.start()].strip(" ,"), text[role.end() :].strip()
    of = re.fullmatch(r"(?:of|at|du|de|der|van|bei)\s+(?:the\s+)?(.+)", after)
    if after.startswith(","):
        return role[0], after.strip(" ,") or before or None
    if of is not None and not before:
        part = re.fullmatch(r"(.+?)(?:,| at| bei)\s+(?:the\s+)?(.+)", after)
        if part is not None:
            return f"{role[0]} {part[1]}", part[2]
        # A minister is of a portfolio; a director or a president, of an organisation.
        return (text, None) if re.search(r"minist", role[0], re.I) else (role[0], of[1])
    if after:
        return text, None
    return role[0], before or None


def _named(name: str, role: str | None, organisation: str | None) -> SpeakerPlan | None:
    name = _COURTESY.sub("", name.strip(" ,"))
    if not _NAME.fullmatch(name) or (len(name.split()) < 2 and role is None):
        return None
    return SpeakerPlan(name, role, organisation)
