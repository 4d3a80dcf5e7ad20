"""Publications: the released words, as the release transaction wrote them: all that public code can read of them."""

from __future__ import annotations

import datetime as dt
import enum
import hashlib
import json
import uuid
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from confapp.database import Json, Key, MaybeMoment, Model, Moment, TextsColumn, choice, db
from confapp.domain import papers
from confapp.domain.errors import Missing
from confapp.domain.press.wording import count_words, digest
from confapp.domain.programme.conferences import Conference


class PublicationState(enum.StrEnum):
    """What the public sees of a publication."""

    RELEASED = "released"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


class Publication(Model):
    """One released transcript version. Nothing in it names anything unreleased; released words never change.

    Withdrawing empties the words: the row stays as a tombstone, and the ledger, which holds their hash, stays whole.
    """

    __tablename__ = "publication"
    __table_args__ = (
        sa.UniqueConstraint("public_id", "number"),
        sa.UniqueConstraint("conference_id", "previous"),
        sa.Index("ix_publication_latest", "conference_id", "state", "released_at"),
    )

    id: Mapped[Key]
    public_id: Mapped[str] = mapped_column(sa.String(32), index=True)
    """The transcript's; all its publications share it."""
    number: Mapped[int]
    """Counts the transcript's publications."""
    conference_id: Mapped[int] = mapped_column(sa.ForeignKey("conference.id", ondelete="CASCADE"))
    version: Mapped[str] = mapped_column(sa.String(36), unique=True)
    """The transcript version's UUID: a version is published once."""
    state: Mapped[PublicationState] = mapped_column(choice(PublicationState))
    kind: Mapped[str] = mapped_column(sa.String(32))
    language: Mapped[str] = mapped_column(sa.String(35))
    session: Mapped[str | None] = mapped_column(sa.String(12))
    """The session's code."""
    session_title: Mapped[TextsColumn]
    """As in the latest release when the words went out."""
    speakers: Mapped[list[dict[str, str]]] = mapped_column(Json, default=list)
    """`{"code", "name"}` each, as in the latest release when the words went out."""
    kicker: Mapped[str] = mapped_column(sa.String(100))
    headline: Mapped[str] = mapped_column(sa.String(300))
    byline: Mapped[str] = mapped_column(sa.String(200))
    byline_role: Mapped[str] = mapped_column(sa.String(200))
    summary: Mapped[str] = mapped_column(sa.Text)
    caption: Mapped[str] = mapped_column(sa.String(300))
    place: Mapped[str | None] = mapped_column(sa.String(200))
    delivered_on: Mapped[dt.date | None]
    blocks: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    correction: Mapped[str | None] = mapped_column(sa.String(32))
    correction_note: Mapped[str] = mapped_column(sa.String(500), default="")
    is_not_delivered: Mapped[bool] = mapped_column(default=False)
    """The session did not take place; the words went out all the same, so labelled."""
    is_self_approved: Mapped[bool] = mapped_column(default=False)
    """Somebody who wrote some of the words approved them, as the conference allowed."""
    translates: Mapped[int | None]
    """The number of the publication whose words it translates."""
    superseded_by: Mapped[int | None]
    """The number of the publication that took its place."""
    hash: Mapped[str] = mapped_column(sa.String(64))
    """`confapp.domain.press.wording.digest` of WORDS."""
    redacted_hash: Mapped[str | None] = mapped_column(sa.String(64))
    """The same of what is left since somebody's name was erased; None: nothing was."""
    released_at: Mapped[Moment]
    withdrawn_at: Mapped[MaybeMoment]
    withdrawn_reason: Mapped[str] = mapped_column(sa.String(500), default="")
    previous: Mapped[str] = mapped_column(sa.String(64))
    """The ledger's hash before this row, over the conference's publications; no two rows follow the same one."""
    ledger: Mapped[str] = mapped_column(sa.String(64))
    conference: Mapped[Conference] = relationship(lazy="joined", innerjoin=True)

    @property
    def is_latest(self) -> bool:
        """Whether nothing took its place and it is not withdrawn."""
        return self.state is PublicationState.RELEASED

    @property
    def is_withdrawn(self) -> bool:
        """Whether only a tombstone is left."""
        return self.state is PublicationState.WITHDRAWN


WORDS = (
    "kind",
    "language",
    "kicker",
    "headline",
    "byline",
    "byline_role",
    "summary",
    "caption",
    "place",
    "delivered_on",
    "blocks",
    "correction",
    "correction_note",
    "session",
    "session_title",
    "speakers",
)
"""The columns that the hash covers, the ids of blocks apart."""

BLANK: dict[str, Any] = {
    "kicker": "",
    "headline": "",
    "byline": "",
    "byline_role": "",
    "summary": "",
    "caption": "",
    "place": None,
    "blocks": [],
    "correction_note": "",
}
"""What is left of the words in a tombstone."""


def latest(conference_id: int, *, language: str | None = None, most: int = 100) -> Sequence[Publication]:
    """What is public in a conference and was not superseded, the newest first. Reads within the public fence."""
    wanted = sa.select(Publication).where(
        Publication.conference_id == conference_id, Publication.state == PublicationState.RELEASED
    )
    if language is not None:
        wanted = wanted.where(Publication.language == language)
    return db.session.scalars(wanted.order_by(Publication.released_at.desc(), Publication.id.desc()).limit(most)).all()


def of_session(conference_id: int, code: str) -> Sequence[Publication]:
    """What is public of a session and was not superseded, the newest first. Reads within the public fence."""
    return db.session.scalars(
        sa.select(Publication)
        .where(
            Publication.conference_id == conference_id,
            Publication.session == code,
            Publication.state == PublicationState.RELEASED,
        )
        .order_by(Publication.released_at.desc(), Publication.id.desc())
    ).all()


def publications_of(conference_id: int, public_id: str) -> Sequence[Publication]:
    """All publications of a transcript, the newest first, superseded and withdrawn ones included; raises Missing.

    Reads within the public fence.
    """
    found = db.session.scalars(
        sa.select(Publication)
        .where(Publication.conference_id == conference_id, Publication.public_id == public_id)
        .order_by(Publication.number.desc())
    ).all()
    if not found:
        raise Missing()
    return found


def chosen(
    held: Sequence[Publication],
    *,
    number: int | None = None,
    language: str | None = None,
    preferred: Sequence[str] = (),
) -> Publication:
    """Of a transcript's publications, newest first, the one that an address names: a frozen one by `number`, else the
    latest, in a `language` if one is given, otherwise in the first of the `preferred` ones in which there is any.

    Without one that is latest it is the newest that was superseded, else the newest tombstone (`is_withdrawn`). Raises
    Missing.
    """
    found = [each for each in held if number in (None, each.number) and language in (None, each.language)]
    for state in PublicationState:
        standing = [each for each in found if each.state is state]
        for wanted in (*preferred, None):
            for each in standing:
                if wanted in (None, each.language):
                    return each
    raise Missing()


def publication(
    conference_id: int,
    public_id: str,
    *,
    number: int | None = None,
    language: str | None = None,
    preferred: Sequence[str] = (),
) -> Publication:
    """The publication that an address names, as `chosen` does. Raises Missing. Reads within the public fence."""
    held = publications_of(conference_id, public_id)
    return chosen(held, number=number, language=language, preferred=preferred)


def corrected_source(publication: Publication, held: Sequence[Publication]) -> Publication | None:
    """The words that stand in the place of those which a translation translates: it is outdated. None: it is not.

    `held`: all publications of the transcript.
    """
    by_number = {each.number: each for each in held}
    source = by_number.get(publication.translates or 0)
    newest = source
    while newest is not None and newest.superseded_by is not None:
        newest = by_number[newest.superseded_by]
    return newest if newest is not source else None


def paper(publication: Publication) -> papers.Transcript:
    """The publication as a frozen value for exports."""
    labels = ("is_not_delivered", "is_self_approved", "translates", "superseded_by", "withdrawn_at", "withdrawn_reason")
    shared = (*WORDS, *labels, "public_id", "number", "hash", "redacted_hash", "released_at")
    values = {name: getattr(publication, name) for name in shared}
    return papers.Transcript(
        **values
        | {
            "state": publication.state.value,
            "conference": publication.conference.title,
            "speakers": tuple((each["code"], each["name"]) for each in publication.speakers),
            "words": count_words(publication.blocks),
            "blocks": tuple(
                papers.Block(
                    block["id"],
                    block["kind"],
                    block["text"],
                    block.get("speaker"),
                    tuple((cue["offset"], cue["starts_ms"], cue["ends_ms"]) for cue in block.get("cues", ())),
                    tuple((each["offset"], each["text"], each["kind"]) for each in block.get("elisions", ())),
                )
                for block in publication.blocks
            ),
        }
    )


def of_version(version: uuid.UUID) -> Publication | None:
    """The publication of a transcript version; None: it was never released."""
    return db.session.scalar(sa.select(Publication).where(Publication.version == str(version)))


def tombstones(conference_id: int) -> Sequence[Publication]:
    """What was withdrawn in a conference, the last withdrawn first. Reads within the public fence."""
    return db.session.scalars(
        sa.select(Publication)
        .where(Publication.conference_id == conference_id, Publication.state == PublicationState.WITHDRAWN)
        .order_by(Publication.withdrawn_at.desc(), Publication.id.desc())
    ).all()


def link(publication: Publication) -> str:
    """The row's hash in the ledger: SHA-256 over the one before and what never changes in this one."""
    content = [
        publication.previous,
        publication.conference_id,
        publication.public_id,
        publication.number,
        publication.version,
        publication.hash,
        publication.is_not_delivered,
        publication.is_self_approved,
        publication.released_at.astimezone(dt.UTC).isoformat(),
    ]
    return hashlib.sha256(json.dumps(content, separators=(",", ":")).encode()).hexdigest()


def broken_at(conference_id: int) -> Publication | None:
    """The first publication at which the ledger, or the words it stands for, do not hold; None: all do."""
    previous = ""
    ledger = sa.select(Publication).where(Publication.conference_id == conference_id).order_by(Publication.id)
    for each in db.session.scalars(ledger):
        words = {name: getattr(each, name) for name in WORDS}
        is_whole = each.is_withdrawn or digest(words) == (each.redacted_hash or each.hash)
        if each.previous != previous or each.ledger != link(each) or not is_whole:
            return each
        previous = each.ledger
    return None
