"""The press room: what readers ask of publications, chosen by speaker, day and language, with their corrections."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import undefer

from confapp.database import db
from confapp.domain import papers
from confapp.domain.errors import N_, Invalid
from confapp.domain.press.publications import Publication, PublicationState, paper
from confapp.domain.programme.conferences import Conference
from confapp.domain.texts import collate

_DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")
FOLLOWED = 50
"""How many entries a feed holds."""


@dataclass(frozen=True, slots=True)
class Line:
    """As much of a publication as choosing takes."""

    id: int
    conference_id: int
    public_id: str
    language: str
    speakers: tuple[tuple[str, str], ...]
    delivered_on: dt.date | None
    released_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Choice:
    """What a reader asks for; None: any."""

    conference_id: int | None = None
    speaker: str | None = None
    """A speaker's code: within one conference."""
    language: str | None = None
    since: dt.date | None = None
    until: dt.date | None = None
    """The first and last day of delivery."""

    def takes(self, line: Line) -> bool:
        """Whether the publication is among what is asked for."""
        if self.since is not None and (line.delivered_on is None or line.delivered_on < self.since):
            return False
        if self.until is not None and (line.delivered_on is None or line.delivered_on > self.until):
            return False
        return (self.language in (None, line.language)) and (
            self.speaker is None or self.speaker in dict(line.speakers)
        )


def period(words: str | None) -> tuple[dt.date | None, dt.date | None]:
    """First and last day of '2026', '2026-05' or '2026-05-18'; raises Invalid."""
    if not words:
        return None, None
    match = _DATE.fullmatch(words)
    try:
        if match is None:
            raise ValueError
        year, month, day = (int(part) if part else None for part in match.groups())
        first = dt.date(year or 0, month or 1, day or 1)
        if day:
            return first, first
        following = dt.date(first.year + 1, 1, 1) if not month else (first + dt.timedelta(days=31)).replace(day=1)
    except (ValueError, OverflowError) as error:
        raise Invalid({"date": [N_("Give a year, a month or a day, such as 2026-05-18.")]}) from error
    return first, following - dt.timedelta(days=1)


def lines(conference_id: int | None = None) -> list[Line]:
    """Everything public that nothing superseded, the newest first; of one conference or of all public ones.

    Reads within the public fence.
    """
    columns = (
        Publication.id,
        Publication.conference_id,
        Publication.public_id,
        Publication.language,
        Publication.speakers,
        Publication.delivered_on,
        Publication.released_at,
    )
    wanted = sa.select(*columns).where(Publication.state == PublicationState.RELEASED)
    if conference_id is None:
        wanted = wanted.join(Conference, Conference.id == Publication.conference_id).where(
            Conference.is_public.is_(True)
        )
    else:
        wanted = wanted.where(Publication.conference_id == conference_id)
    rows = db.session.execute(wanted.order_by(Publication.released_at.desc(), Publication.id.desc()))
    return [
        Line(id, of, public_id, language, tuple((each["code"], each["name"]) for each in speakers), day, at)
        for id, of, public_id, language, speakers, day, at in rows
    ]


def one_of_each(found: Iterable[Line], preferred: Sequence[str]) -> list[int]:
    """The ids of one publication of each transcript, in the order given, in the first of the preferred languages."""
    order = {language: place for place, language in enumerate(preferred)}
    best: dict[str, Line] = {}
    for each in found:
        held = best.get(each.public_id)
        if held is None or order.get(each.language, len(order)) < order.get(held.language, len(order)):
            best[each.public_id] = each
    return [each.id for each in best.values()]


def by_ids(ids: Sequence[int]) -> list[Publication]:
    """These publications in this order. Reads within the public fence."""
    found = {each.id: each for each in db.session.scalars(sa.select(Publication).where(Publication.id.in_(ids)))}
    return [found[each] for each in ids if each in found]


def speakers(found: Iterable[Line]) -> list[tuple[str, str]]:
    """Code and name of everybody with a part in these, by name."""
    return sorted({pair for each in found for pair in each.speakers}, key=lambda pair: collate(pair[1]))


def languages(found: Iterable[Line]) -> list[str]:
    """The languages in which there are any of these."""
    return sorted({each.language for each in found})


def days(found: Iterable[Line]) -> list[dt.date]:
    """The days on which any of these was delivered, the latest first."""
    return sorted({each.delivered_on for each in found if each.delivered_on}, reverse=True)


# Corrections of one transcript.


@dataclass(frozen=True, slots=True)
class Corrected:
    """A publication that took the place of an earlier one, and that one's number (None: it was withdrawn)."""

    publication: Publication
    before: Publication | None


def corrections(held: Sequence[Publication], publication: Publication) -> list[Corrected]:
    """What became of these words up to a publication, the newest first; `held` are the transcript's publications."""
    by_number = {each.number: each for each in held}
    found: list[Corrected] = []
    now = publication
    while True:
        older = [each for each in held if each.superseded_by == now.number and each.language == now.language]
        before = max(older, key=lambda each: each.number, default=None)
        if before is None:
            return found
        found.append(Corrected(by_number[now.number], None if before.is_withdrawn else before))
        now = before


def is_correction(corrected: Corrected) -> bool:
    """Whether it mended what had been public, rather than following it, as delivered words follow prepared ones."""
    return corrected.publication.correction is not None


def mended(corrected: Corrected) -> papers.Mended:
    """The same as a frozen value for exports."""
    publication, before = corrected.publication, corrected.before
    return papers.Mended(
        number=publication.number,
        released_at=publication.released_at,
        kind=publication.kind,
        before=before.kind if before else None,
        correction=publication.correction,
        note=publication.correction_note,
        is_self_approved=publication.is_self_approved,
    )


@dataclass(frozen=True, slots=True)
class Gone:
    """A paragraph that stood in an earlier publication and no longer does: its address still answers."""

    id: int
    last: int
    """The number of the last publication that held it."""


def gone(held: Sequence[Publication], publication: Publication) -> list[Gone]:
    """Paragraphs that readers may have cited and that this publication lacks, by id."""
    stays = {block["id"] for block in publication.blocks}
    last: dict[int, int] = {}
    for each in sorted(held, key=lambda each: each.number):
        if each.language == publication.language and each.number < publication.number:
            last |= {block["id"]: each.number for block in each.blocks if block["id"] not in stays}
    return [Gone(id, number) for id, number in sorted(last.items())]


def conference_corrections(conference_id: int, *, most: int = 200) -> Sequence[Publication]:
    """Every correction and withdrawal of a conference, the newest first. Reads within the public fence."""
    is_mended = sa.and_(Publication.correction.is_not(None), Publication.state != PublicationState.WITHDRAWN)
    moment = sa.func.coalesce(Publication.withdrawn_at, Publication.released_at)
    return db.session.scalars(
        sa.select(Publication)
        .where(
            Publication.conference_id == conference_id,
            sa.or_(is_mended, Publication.state == PublicationState.WITHDRAWN),
        )
        .order_by(moment.desc(), Publication.id.desc())
        .limit(most)
    ).all()


# What feeds follow.


def followed(
    conference_id: int | None = None, *, language: str | None = None, most: int = FOLLOWED
) -> list[papers.FeedEntry]:
    """The entries of a feed, the last changed first: one for each transcript, language and kind of words.

    A correction keeps its entry and moves `updated_at`; a withdrawal leaves the tombstone in its place. Reads within
    the public fence.
    """
    moment = sa.func.coalesce(Publication.withdrawn_at, Publication.released_at)
    wanted = sa.select(Publication).where(Publication.state != PublicationState.SUPERSEDED).options(undefer("*"))
    wanted = wanted.join(Publication.conference)
    if conference_id is None:
        wanted = wanted.where(Conference.is_public.is_(True))
    else:
        wanted = wanted.where(Publication.conference_id == conference_id)
    if language is not None:
        wanted = wanted.where(Publication.language == language)
    found = db.session.scalars(wanted.order_by(moment.desc(), Publication.id.desc()).limit(most * 2)).all()
    first = _first_released([each.public_id for each in found])
    by_entry: dict[tuple[str, str, bool], Publication] = {}
    for each in found:
        held = by_entry.get(_entry(each))
        if held is None or (held.is_withdrawn and (not each.is_withdrawn or each.number > held.number)):
            by_entry[_entry(each)] = each
    made = [
        papers.FeedEntry(
            paper=paper(each),
            slug=each.conference.slug,
            published_at=first[key],
            updated_at=each.withdrawn_at or each.released_at,
        )
        for key, each in by_entry.items()
    ]
    return sorted(made, key=lambda each: each.updated_at, reverse=True)[:most]


def _entry(publication: Publication) -> tuple[str, str, bool]:
    return publication.public_id, publication.language, publication.kind == "notes"


def _first_released(public_ids: Sequence[str]) -> dict[tuple[str, str, bool], dt.datetime]:
    columns = (Publication.public_id, Publication.language, Publication.kind)
    rows = db.session.execute(
        sa.select(*columns, sa.func.min(Publication.released_at))
        .where(Publication.public_id.in_(public_ids))
        .group_by(*columns)
    )
    first: dict[tuple[str, str, bool], dt.datetime] = {}
    for public_id, language, kind, at in rows:
        key = (public_id, language, kind == "notes")
        first[key] = min(at, first.get(key, at))
    return first
