"""Undoing: steps of the schedule taken back and done again, as new steps that say which; nothing is ever rewritten.

A step stands until the newest step that names it is an undo. It can be taken back while no later step stands on the
same slots, and be done again while its slots stand where it found them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from confapp.database import db
from confapp.domain.errors import N_, Message, Missing, NotNow, Overtaken
from confapp.domain.people import Account
from confapp.domain.programme import conferences, hosts
from confapp.domain.programme.conferences import Conference, Track
from confapp.domain.programme.hosts import Room
from confapp.domain.programme.slots import BACK_AND_FORTH, Deed, Place, Slot, SlotChange, changes
from confapp.domain.schedule.batches import Batch, Draft, Outcome, Step, carry_out, deed_words, open_draft, title_of
from confapp.domain.schedule.scopes import Rights


def undo(
    conference: Conference,
    *,
    version: int | None,
    rights: Rights,
    by: Account | None,
    now: dt.datetime,
    with_later: bool = False,
    expected: int | None = None,
    override: str | None = None,
    preview: bool = False,
) -> Outcome:
    """Take back the step of that schedule version; without one, the newest of `by`'s own steps that stands.

    Undoing an undo does the step again. Raises Overtaken naming the later steps that stand on the same slots, unless
    `with_later`: then these go first, all or nothing, and Stale keeps what came after the `expected` version of the
    schedule from going with them unseen. Otherwise refuses as `batches.carry_out`; NotNow where there is nothing to
    take back, Missing for a version that no step made.
    """
    draft = open_draft(conference, expected=expected, preview=preview)
    if version is None:
        version = next_undo(conference, by)
        if version is None:
            raise NotNow(N_("None of your steps is left to undo."))
    rows = _rows(conference, version)
    if rows[0].deed is Deed.UNDO:
        return _again(draft, _target(rows), rights=rights, by=by, now=now, override=override)
    version = _target(rows) if rows[0].deed is Deed.REDO else version
    if is_undone(conference, version):
        raise NotNow(N_("Step %(version)s is undone already.", version=version))
    later = standing_after(conference, version)
    if later and not with_later:
        named = tuple(step_words(steps, conference) for steps in later)
        message = N_("Later steps stand on it: %(steps)s. Undo these first, or all together.", steps=named)
        raise Overtaken(message, [steps[0].version for steps in later])
    back = [*later, _rows(conference, version)]
    book = _Book(conference, [row for steps in back for row in steps])
    batches = [Batch(Deed.UNDO, [book.back(row) for row in steps], steps[0].version) for steps in back]
    # What clashed there before the oldest of these steps may do so again: it is how the draft stood.
    return carry_out(draft, batches, rights=rights, by=by, now=now, override=override, since=version)


def redo(
    conference: Conference,
    *,
    version: int | None,
    rights: Rights,
    by: Account | None,
    now: dt.datetime,
    expected: int | None = None,
    override: str | None = None,
    preview: bool = False,
) -> Outcome:
    """Do the undone step of that version again; without one, the step that `by` undid last and did nothing since.

    Refuses as `undo` does.
    """
    draft = open_draft(conference, expected=expected, preview=preview)
    if version is None:
        version = next_redo(conference, by)
        if version is None:
            raise NotNow(N_("You undid nothing that could be done again."))
    rows = _rows(conference, version)
    if rows[0].deed in BACK_AND_FORTH:
        version = _target(rows)
    return _again(draft, version, rights=rights, by=by, now=now, override=override)


def _again(
    draft: Draft, version: int, *, rights: Rights, by: Account | None, now: dt.datetime, override: str | None
) -> Outcome:
    conference = draft.conference
    if not is_undone(conference, version):
        raise NotNow(N_("Step %(version)s stands; there is nothing to do again.", version=version))
    rows = _rows(conference, version)
    later = standing_after(conference, version)
    if later:
        named = tuple(step_words(steps, conference) for steps in later)
        message = N_("Its slots were moved since: %(steps)s. Undo these first.", steps=named)
        raise Overtaken(message, [steps[0].version for steps in later])
    book = _Book(conference, rows)
    batch = Batch(Deed.REDO, [book.forth(row) for row in rows], version)
    return carry_out(draft, [batch], rights=rights, by=by, now=now, override=override)


# What stands.


def _newest_word(version: Any, conference_id: Any) -> Any:
    """A scalar select of whether the newest step that names `version` undid it or did it again."""
    word = aliased(SlotChange)
    return (
        sa.select(word.deed)
        .where(word.conference_id == conference_id, word.target == version)
        .order_by(word.version.desc())
        .limit(1)
        .scalar_subquery()
    )


def _stands(row: Any) -> Any:
    """The condition that the step of a history row is not undone."""
    word = _newest_word(row.version, row.conference_id)
    return sa.or_(word.is_(None), word != Deed.UNDO)


def is_undone(conference: Conference, version: int) -> bool:
    """Whether the step of that version is taken back."""
    return db.session.scalar(sa.select(_newest_word(version, conference.id))) is Deed.UNDO


def next_undo(conference: Conference, by: Account | None) -> int | None:
    """The version that `undo` without one would take back: the newest step of theirs that stands."""
    if by is None:
        return None
    return db.session.scalar(
        sa.select(SlotChange.version)
        .where(
            SlotChange.conference_id == conference.id,
            SlotChange.account_id == by.id,
            SlotChange.deed.not_in(BACK_AND_FORTH),
            _stands(SlotChange),
        )
        .order_by(SlotChange.version.desc())
        .limit(1)
    )


def next_redo(conference: Conference, by: Account | None) -> int | None:
    """The version that `redo` without one would do again: what they undid last, unless they moved something since."""
    if by is None:
        return None
    mine = (SlotChange.conference_id == conference.id, SlotChange.account_id == by.id)
    moved = sa.select(sa.func.max(SlotChange.version)).where(*mine, SlotChange.deed.not_in(BACK_AND_FORTH))
    return db.session.scalar(
        sa.select(SlotChange.target)
        .where(
            *mine,
            SlotChange.deed == Deed.UNDO,
            SlotChange.version > sa.func.coalesce(moved.scalar_subquery(), 0),
            _newest_word(SlotChange.target, SlotChange.conference_id) == Deed.UNDO,
        )
        .order_by(SlotChange.version.desc())
        .limit(1)
    )


def standing_after(conference: Conference, version: int) -> list[list[SlotChange]]:
    """The later steps that stand on slots of that step, and those that stand on theirs; the newest first."""
    touched = {row.slot_id for row in _rows(conference, version)}
    later = changes(
        SlotChange.conference_id == conference.id,
        SlotChange.version > version,
        SlotChange.deed.not_in(BACK_AND_FORTH),
        _stands(SlotChange),
    )
    steps: dict[int, list[SlotChange]] = {}
    for row in later:
        steps.setdefault(row.version, []).append(row)
    above = []
    for rows in steps.values():
        if touched & {row.slot_id for row in rows}:
            touched |= {row.slot_id for row in rows}
            above.append(rows)
    return above[::-1]


def step_words(rows: Sequence[SlotChange], conference: Conference) -> Message:
    """One step in few words: its number, what it was, of what, by whom."""
    row = rows[0]
    return N_(
        "%(version)s (%(deed)s: “%(title)s”%(more)s, %(who)s)",
        version=row.version,
        deed=deed_words(row.deed),
        title=title_of(row.slot, conference),
        more=N_(" and %(count)s more", count=len(rows) - 1) if len(rows) > 1 else "",
        who=row.account.email if row.account else "Confapp",
    )


def _target(rows: Sequence[SlotChange]) -> int:
    target = rows[0].target
    assert target is not None, "what undoes or does again names a step"
    return target


def _rows(conference: Conference, version: int) -> Sequence[SlotChange]:
    rows = changes(SlotChange.conference_id == conference.id, SlotChange.version == version)
    if not rows:
        raise Missing(N_("No step made version %(version)s of this schedule.", version=version))
    return rows


class _Book:
    """The rooms and tracks that history rows name; follows each slot through the steps that are made of them."""

    def __init__(self, conference: Conference, rows: Sequence[SlotChange]) -> None:
        self.conference = conference
        self.rooms = {room.code: room for room in hosts.rooms(conference)}
        self.tracks = (
            {track.slug: track for track in conferences.tracks(conference)} if any(row.track for row in rows) else {}
        )
        self.places: dict[Slot, Place | None] = {row.slot: Place.of(row.slot) for row in rows}
        self.in_track: dict[int | None, Track | None] = {
            row.slot.session_id: row.slot.session.track for row in rows if row.slot.session
        }

    def back(self, row: SlotChange) -> Step:
        """The step that takes a row back; raises NotNow where its slot no longer stands as the row left it."""
        return self._step(row, row.after, row.before, "after", "before")

    def forth(self, row: SlotChange) -> Step:
        """The step that does a row again; raises NotNow where its slot no longer stands as the row found it."""
        return self._step(row, row.before, row.after, "before", "after")

    def _step(
        self, row: SlotChange, found: dict[str, Any] | None, wanted: dict[str, Any] | None, old: str, new: str
    ) -> Step:
        slot, stands = row.slot, self.places[row.slot]
        title = title_of(slot, self.conference)
        if (stands.state if stands else None) != found:
            raise NotNow(N_("“%(title)s” no longer stands where this step put it.", title=title))
        place = self._place(wanted, title)
        self.places[slot] = place
        if row.track is None:
            return Step(slot, stands, place)
        held, track = self.in_track.get(slot.session_id), self._track(row.track[new], title)
        if (held.slug if held else None) != row.track[old]:
            raise NotNow(N_("“%(title)s” is no longer in the track that this step gave it.", title=title))
        self.in_track[slot.session_id] = track
        return Step(slot, stands, place, True, held, track)

    def _place(self, state: dict[str, Any] | None, title: str) -> Place | None:
        if state is None:
            return None
        room: Room | None = None
        if state["room"] is not None:
            room = self.rooms.get(state["room"])
            if room is None:
                words = N_("“%(title)s” stood in the room “%(room)s”, which is gone.", title=title, room=state["room"])
                raise NotNow(words)
        return Place(room, dt.datetime.fromisoformat(state["starts_at"]), dt.datetime.fromisoformat(state["ends_at"]))

    def _track(self, slug: str | None, title: str) -> Track | None:
        if slug is None:
            return None
        if slug not in self.tracks:
            raise NotNow(N_("“%(title)s” was in the track “%(track)s”, which is gone.", title=title, track=slug))
        return self.tracks[slug]
