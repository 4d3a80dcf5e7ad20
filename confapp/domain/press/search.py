"""Search in released words: an index of publications alone, by words, beginnings of words and phrases, newest first."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import Mapped, mapped_column

from confapp.database import Key, Model, db
from confapp.domain.errors import N_, Invalid
from confapp.domain.press.differences import Piece
from confapp.domain.press.publications import Publication

MOST_TERMS = 12
LONGEST = 200
"""Characters of a question."""
LEAST_PREFIX = 2
"""Letters that a beginning of a word needs."""
_WORD = re.compile(r"[^\W_]+")
_TERM = re.compile(r'"([^"]*)"?|(\S+)')


class PublicationWords(Model):
    """The words of one paragraph of a publication, folded, with spaces between them."""

    __tablename__ = "publication_words"

    id: Mapped[Key]
    publication_id: Mapped[int] = mapped_column(sa.ForeignKey("publication.id", ondelete="CASCADE"), index=True)
    block: Mapped[int]
    """The paragraph's id; 0: what stands above the words."""
    words: Mapped[str] = mapped_column(sa.Text)


FTS = "publication_words_fts"
_FTS = sa.table(FTS, sa.column("rowid"), sa.column(FTS))
INDEXES = {
    "sqlite": (
        "CREATE VIRTUAL TABLE IF NOT EXISTS publication_words_fts USING fts5(words, content='publication_words', "
        "content_rowid='id', tokenize='unicode61 remove_diacritics 0', prefix='2 3')",
        "CREATE TRIGGER IF NOT EXISTS publication_words_added AFTER INSERT ON publication_words BEGIN "
        "INSERT INTO publication_words_fts(rowid, words) VALUES (new.id, new.words); END",
        "CREATE TRIGGER IF NOT EXISTS publication_words_gone AFTER DELETE ON publication_words BEGIN "
        "INSERT INTO publication_words_fts(publication_words_fts, rowid, words) "
        "VALUES ('delete', old.id, old.words); END",
    ),
    "postgresql": (
        "CREATE INDEX IF NOT EXISTS publication_words_fts ON publication_words "
        "USING gin (to_tsvector('simple'::regconfig, words))",
    ),
}
"""What finds words on each database: FTS5 with the triggers that fill it, a GIN index over text search vectors."""


def make_indexes(connection: sa.Connection) -> None:
    """Make what finds words, unless it is there: no table that SQLAlchemy or Alembic could describe."""
    for statement in INDEXES[connection.dialect.name]:
        connection.exec_driver_sql(statement)


def is_index(name: str | None) -> bool:
    """Whether a table or index is one of those, or one that FTS5 made for itself."""
    return (name or "").startswith(FTS)


@sa.event.listens_for(PublicationWords.__table__, "after_create")
def _make_indexes(_table: Any, connection: sa.Connection, **_options: Any) -> None:
    make_indexes(connection)


def folded(words: str) -> list[str]:
    """The words in the one form in which they are found: case, accents and vowel signs do not count."""
    decomposed = unicodedata.normalize("NFKD", words.casefold())
    bare = "".join(letter for letter in decomposed if not unicodedata.combining(letter) and letter != "ـ")
    return _WORD.findall(unicodedata.normalize("NFC", bare))


def index(publication: Publication) -> None:
    """Let a publication's words be found; within the transaction that releases them."""
    head = [publication.headline, publication.kicker, publication.byline, publication.byline_role]
    head += [publication.summary, publication.caption, publication.place or "", *publication.session_title.values()]
    head += [each["name"] for each in publication.speakers]
    rows = [(0, " ".join(head))]
    rows += [(block["id"], f"{block.get('speaker') or ''} {block['text']}") for block in publication.blocks]
    for block, words in rows:
        values = folded(words)
        if values:
            db.session.add(PublicationWords(publication_id=publication.id, block=block, words=" ".join(values)))
    db.session.flush()


def forget(publication: Publication) -> None:
    """Take a publication's words out of the index: it was superseded or withdrawn."""
    db.session.execute(sa.delete(PublicationWords).where(PublicationWords.publication_id == publication.id))
    if db.session.connection().dialect.name == "sqlite":
        # FTS5 keeps deleted words in its segments until they are merged.
        db.session.execute(sa.insert(_FTS).values({FTS: "optimize"}))


@dataclass(frozen=True, slots=True)
class Term:
    """One thing that has to be found: words in a row, the last one perhaps only begun."""

    words: tuple[str, ...]
    is_begun: bool


def terms(question: str) -> list[Term]:
    """What a question asks for: phrases in quotes, `begin*`, and words; the last word typed counts as begun.

    Raises Invalid for a question that is too long or has too many terms.
    """
    if len(question) > LONGEST:
        raise Invalid({"q": [N_("At most %(count)s characters fit here.", count=LONGEST)]})
    found = []
    for match in _TERM.finditer(question):
        is_phrase = match[1] is not None
        words = tuple(folded(match[1] if is_phrase else match[2]))
        is_last = match.end() == len(question.rstrip())
        is_begun = not is_phrase and (match[2].endswith("*") or is_last)
        if words:
            found.append(Term(words, is_begun and len(words[-1]) >= LEAST_PREFIX))
    if len(found) > MOST_TERMS:
        raise Invalid({"q": [N_("At most %(count)s words can be looked for at once.", count=MOST_TERMS)]})
    return found


def _matches(term: Term) -> Any:
    """The ids of publications in one paragraph of which the term stands."""
    wanted = sa.select(PublicationWords.publication_id)
    if db.session.connection().dialect.name == "postgresql":
        query = " <-> ".join(f"'{word}'" for word in term.words) + (":*" if term.is_begun else "")
        vector = sa.func.to_tsvector(sa.text("'simple'::regconfig"), PublicationWords.words)
        return wanted.where(vector.op("@@")(sa.cast(query, TSQUERY)))
    query = '"' + " ".join(term.words) + '"' + ("*" if term.is_begun else "")
    return wanted.where(PublicationWords.id.in_(sa.select(_FTS.c.rowid).where(_FTS.c[FTS].op("MATCH")(query))))


def find(wanted: Sequence[Term], among: Sequence[int]) -> list[int]:
    """Of these publications' ids, in their order, those in which every term stands. Reads within the public fence."""
    if not wanted or not among:
        return []
    query = sa.select(Publication.id).where(Publication.id.in_(among))
    for term in wanted:
        query = query.where(Publication.id.in_(_matches(term)))
    found = set(db.session.scalars(query))
    return [each for each in among if each in found]


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A paragraph in which something was found, the words that were looked for marked; `block` 0: the headline."""

    block: int
    pieces: tuple[Piece, ...]


def excerpts(publication: Publication, wanted: Sequence[Term], *, most: int = 3) -> list[Excerpt]:
    """The first paragraphs that hold any of the terms, cut around what was found."""
    found = []
    for block in publication.blocks:
        spans = list(_spans(block["text"], wanted))
        if spans:
            found.append(Excerpt(block["id"], _around(block["text"], spans)))
        if len(found) == most:
            break
    return found


def marked(text: str, wanted: Sequence[Term]) -> tuple[Piece, ...]:
    """The whole text with what was looked for marked."""
    return tuple(_pieces(text, list(_spans(text, wanted)), 0, len(text)))


def _spans(text: str, wanted: Sequence[Term]) -> Iterator[tuple[int, int]]:
    """Where terms stand in the text: (start, end) in characters, in order, none within another."""
    places = [(match.start(), match.end(), words[0]) for match in _TOKEN.finditer(text) if (words := folded(match[0]))]
    end = -1
    for at in range(len(places)):
        for term in wanted:
            here = [place[2] for place in places[at : at + len(term.words)]]
            if len(here) == len(term.words) and _is_said(here, term) and places[at][0] >= end:
                end = places[at + len(term.words) - 1][1]
                yield places[at][0], end
                break


_TOKEN = re.compile(r"(?:[^\W_]|[\u0300-\u036f\u064b-\u0652\u0640])+")


def _is_said(here: Sequence[str], term: Term) -> bool:
    *exact, last = zip(here, term.words, strict=True)
    return all(said == word for said, word in exact) and (
        last[0].startswith(last[1]) if term.is_begun else last[0] == last[1]
    )


AROUND = 140


def _around(text: str, spans: Sequence[tuple[int, int]]) -> tuple[Piece, ...]:
    first = max(0, spans[0][0] - AROUND)
    last = min(len(text), spans[0][1] + 2 * AROUND)
    if first:
        first = text.find(" ", first, spans[0][0]) + 1 or first
    if last < len(text):
        last = max(text.rfind(" ", spans[0][1], last), spans[0][1])
    pieces = list(_pieces(text, [span for span in spans if span[1] <= last], first, last))
    return (*([Piece("… ")] if first else []), *pieces, *([Piece(" …")] if last < len(text) else []))


def _pieces(text: str, spans: Sequence[tuple[int, int]], first: int, last: int) -> Iterator[Piece]:
    at = first
    for start, end in spans:
        if start > at:
            yield Piece(text[at:start])
        yield Piece(text[start:end], True)
        at = end
    if at < last:
        yield Piece(text[at:last])
