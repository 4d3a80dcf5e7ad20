"""Revisions: every state that a version's words had, so that two editors are brought together and no word is lost."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from confapp.database import Json, Key, Model, Moment, db
from confapp.domain.errors import Missing
from confapp.domain.people import Account
from confapp.domain.press.transcripts import Version
from confapp.domain.press.wording import Block

HELD = (
    "kind language kicker headline byline byline_role summary caption place delivered_on blocks correction "
    "correction_note"
).split()
"""The fields that a revision holds."""


class Revision(Model):
    """A version's words as one edit left them."""

    __tablename__ = "transcript_revision"
    __table_args__ = (sa.UniqueConstraint("version_id", "number"),)

    id: Mapped[Key]
    version_id: Mapped[int] = mapped_column(sa.ForeignKey("transcript_version.id", ondelete="CASCADE"))
    number: Mapped[int]
    """The version's lock version that this edit made."""
    words: Mapped[dict[str, Any]] = mapped_column(Json)
    """HELD, dates in ISO 8601."""
    account_id: Mapped[int | None] = mapped_column(sa.ForeignKey("account.id", ondelete="SET NULL"))
    at: Mapped[Moment]
    account: Mapped[Account | None] = relationship(lazy="joined")


def words_of(version: Version) -> dict[str, Any]:
    """What a revision of the version would hold now."""
    return {name: _plain(getattr(version, name)) for name in HELD}


def _plain(value: Any) -> Any:
    if isinstance(value, dt.date):
        return value.isoformat()
    return getattr(value, "value", value)


def keep(version: Version, *, by: Account | None, now: dt.datetime) -> None:
    """Keep the version's words under its present lock version; nothing happens where they are kept already."""
    if find(version, version.lock_version) is None:
        words = words_of(version)
        db.session.add(
            Revision(
                version_id=version.id,
                number=version.lock_version,
                words=words,
                account_id=by.id if by else None,
                at=now,
            )
        )
        db.session.flush()


def find(version: Version, number: int) -> Revision | None:
    """The words that the version had under a lock version."""
    return db.session.scalar(sa.select(Revision).where(Revision.version_id == version.id, Revision.number == number))


def revision(version: Version, number: int) -> Revision:
    """The same; raises Missing."""
    found = find(version, number)
    if found is None:
        raise Missing()
    return found


def revisions(version: Version) -> Sequence[Revision]:
    """All of them, the newest first."""
    return db.session.scalars(
        sa.select(Revision).where(Revision.version_id == version.id).order_by(Revision.number.desc())
    ).all()


@dataclass(slots=True)
class Merged:
    """Two edits of the same words brought together; `conflicts` names what both changed, each in another way."""

    values: dict[str, Any] = field(default_factory=dict)
    conflicts: list[str] = field(default_factory=list)
    """Names of fields; `blocks.<id>` for a paragraph, `blocks` for their order."""


def merge(base: Mapping[str, Any], mine: Mapping[str, Any], theirs: Mapping[str, Any]) -> Merged:
    """What both made of `base`: whatever only one of them touched is as that one left it."""
    merged = Merged()
    for name, value in mine.items():
        if name == "blocks":
            merged.values[name] = _merge_blocks(base[name], value, theirs[name], merged.conflicts)
        elif name not in base or _plain(value) in (_plain(base[name]), _plain(theirs[name])):
            merged.values[name] = theirs[name] if name in base else value
        elif _plain(theirs[name]) == _plain(base[name]):
            merged.values[name] = value
        else:
            merged.conflicts.append(name)
    return merged


def _said(block: Mapping[str, Any] | None) -> tuple[Any, ...] | None:
    return None if block is None else (str(block["kind"]), block.get("speaker") or None, block["text"])


def _merge_blocks(
    base: Sequence[Block], mine: Sequence[Mapping[str, Any]], theirs: Sequence[Block], conflicts: list[str]
) -> list[dict[str, Any]]:
    """Paragraphs by id; those that one side added follow what they followed there."""
    was = {block["id"]: block for block in base}
    ours = {block["id"]: block for block in mine if block.get("id") is not None}
    others = {block["id"]: block for block in theirs}
    chosen: dict[int, Mapping[str, Any]] = {}
    for id in [*ours, *(id for id in others if id not in ours)]:
        a, b, o = ours.get(id), others.get(id), was.get(id)
        if _said(a) == _said(b) or _said(b) == _said(o):
            winner = a
        elif _said(a) == _said(o):
            winner = b
        else:
            conflicts.append(f"blocks.{id}")
            continue
        if winner is not None:
            chosen[id] = winner
    old, left, right = list(was), [id for id in ours if id in was], [id for id in others if id in was]
    kept_left, kept_right = ([id for id in old if id in side] for side in (left, right))
    if left != kept_left and right != kept_right and left != right:
        conflicts.append("blocks")
    lead, follow = (mine, theirs) if left != kept_left or right == kept_right else (theirs, mine)
    order: list[Mapping[str, Any]] = []
    for block in lead:
        id = block.get("id")
        if id is None:
            order.append(block)
        elif id in chosen:
            order.append(chosen[id])
    seen = {block.get("id") for block in lead if block.get("id") is not None}
    _insert(order, follow, seen, chosen)
    return [dict(block) for block in order]


def _insert(
    order: list[Mapping[str, Any]],
    follow: Sequence[Mapping[str, Any]],
    seen: set[Any],
    chosen: Mapping[int, Mapping[str, Any]],
) -> None:
    """Put what only `follow` has behind the paragraph that it stands behind there."""
    place = 0
    for block in follow:
        id = block.get("id")
        if id is not None and id in seen:
            place = next((at + 1 for at, each in enumerate(order) if each.get("id") == id), place)
            continue
        if id is None or id in chosen:
            order.insert(place, block if id is None else chosen[id])
            place += 1
