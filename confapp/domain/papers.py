"""Papers: frozen values of single documents, from which exports make their bytes, and the sheets they come on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from confapp.domain.errors import N_, Invalid
from confapp.domain.texts import Texts

PAPERS: Mapping[str, tuple[float, float]] = {
    "A4": (210, 297),
    "Letter": (215.9, 279.4),
    "A3": (297, 420),
    "Tabloid": (279.4, 431.8),
}
"""Width and height of a sheet in mm, upright."""
OFFICE = ("A4", "Letter")
"""What sheets of one size come on: signs, badges, papers for one person. Printers make A3 of A4."""
AMERICAN = frozenset("BZ CA CL CO CR GT MX NI PA PH PR SV US VE".split())
"""Where an office's paper is Letter: ISO 3166-1 codes from Unicode's CLDR (supplemental data, `paperSize`)."""


def usual_paper(country: str | None) -> str:
    """What people in that country put into their printers."""
    return OFFICE[country in AMERICAN]


def paper_of(asked: str | None, usual: str, among: Collection[str] = PAPERS) -> str:
    """The paper that somebody asks for, in letters of any case; `usual` where nobody said.

    Raises Invalid, naming those that there are, for one which is not `among` them.
    """
    known = {name.lower(): name for name in among}
    if asked and asked.lower() not in known:
        raise Invalid({"paper": [N_("Paper is one of %(papers)s.", papers=", ".join(known))]})
    return known[asked.lower()] if asked else usual


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph of a transcript; `id` is its own for ever, `kind` as `confapp.domain.press.wording.BlockKind`."""

    id: int
    kind: str
    text: str
    speaker: str | None = None
    cues: tuple[tuple[int, int, int], ...] = ()
    """When the recording says the words from an offset: (offset in characters, start, end in milliseconds)."""
    elisions: tuple[tuple[int, str, str], ...] = ()
    """Where words are missing: (offset, the mark that stands there, omission or inaudible)."""


@dataclass(frozen=True, slots=True)
class Transcript:
    """Released words, or the tombstone of withdrawn ones. Moments are aware, UTC."""

    public_id: str
    number: int
    """Counts the transcript's publications."""
    state: str
    """released, superseded or withdrawn."""
    kind: str
    """as_prepared, as_delivered or notes."""
    language: str
    """BCP 47."""
    conference: Texts
    hash: str
    """SHA-256 of the words, hexadecimal; also of those that were withdrawn."""
    released_at: dt.datetime
    kicker: str = ""
    headline: str = ""
    byline: str = ""
    byline_role: str = ""
    summary: str = ""
    caption: str = ""
    place: str | None = None
    delivered_on: dt.date | None = None
    session: str | None = None
    """The session's code."""
    session_title: Texts = field(default_factory=dict)
    speakers: tuple[tuple[str, str], ...] = ()
    """Code and name."""
    blocks: tuple[Block, ...] = ()
    words: int = 0
    """The spoken words."""
    is_not_delivered: bool = False
    is_self_approved: bool = False
    redacted_hash: str | None = None
    """The hash of what is left since somebody's name was erased."""
    correction: str | None = None
    correction_note: str = ""
    translates: int | None = None
    superseded_by: int | None = None
    withdrawn_at: dt.datetime | None = None
    withdrawn_reason: str = ""

    @property
    def is_withdrawn(self) -> bool:
        """Whether only the tombstone is left."""
        return self.state == "withdrawn"


def lasting(paper: Transcript) -> Transcript:
    """The same without what may become of released words later, for files that never change."""
    return paper if paper.is_withdrawn else replace(paper, state="released", superseded_by=None)


@dataclass(frozen=True, slots=True)
class Mended:
    """What one publication of a transcript changed in the one before: a correction, or other words in its place."""

    number: int
    released_at: dt.datetime
    kind: str
    """as_prepared, as_delivered or notes."""
    before: str | None
    """The kind of the words before; None: they were withdrawn."""
    correction: str | None
    """The category; None: these words followed, and mended nothing."""
    note: str
    is_self_approved: bool


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """A transcript in a feed. Corrections keep the entry and move `updated_at`; a withdrawal leaves its tombstone."""

    paper: Transcript
    slug: str
    """The conference's."""
    published_at: dt.datetime
    """When its first words went out."""
    updated_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Feed:
    """A press room, or all of them, to be followed; its entries come last changed first. Addresses are absolute."""

    title: str
    description: str
    language: str
    """BCP 47, of the feed's own words."""
    home: str
    """The page that it follows."""
    address: str
    """Its own."""
    updated_at: dt.datetime
    entries: tuple[FeedEntry, ...]
    hub: str = ""
    """A WebSub hub that tells of changes at once."""


# Sheets for few eyes.


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom to ask at a host; `host` is its slug. For those who take part, never public."""

    host: str
    name: str
    email: str | None


@dataclass(frozen=True, slots=True)
class Badge:
    """An attendee as others see them; `ticket` stands for them and tells nobody who they are."""

    name: str
    organisation: str
    country: str | None
    """ISO 3166-1 alpha-2, upper case."""
    category: str
    """As in `confapp.domain.attendance.registrations.Category`."""
    has_part: bool
    """Whether they speak or chair."""
    code: str
    """The registration's short code, to be read aloud at the desk."""
    ticket: str
    """A URN (RFC 9562 section 4) in capitals, which codes hold in less room."""
    since: dt.datetime
    """When they registered."""
