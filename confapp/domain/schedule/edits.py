"""Edits: what of a board's cards, names and conflicts changed though no slot moved, read from the audit's chain."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa

from confapp.database import db
from confapp.domain.audit import AuditEntry
from confapp.domain.people import Account, Person
from confapp.domain.programme.conferences import Conference
from confapp.domain.programme.sessions import Part, Session
from confapp.domain.programme.slots import Slot
from confapp.domain.programme.speakers import Speaker

MOST = 40
"""Edits that are told one by one; a board that missed more reads everything anew."""


class Reach(enum.StrEnum):
    """How much of a board an edit changes."""

    SESSION = "session"
    """One session: its card, or its line in the tray."""
    SPEAKER = "speaker"
    """One person: the cards of all sessions in which they have a part."""
    CONFLICTS = "conflicts"
    """No card, but what is in conflict with what."""
    ALL = "all"
    """Rooms, tracks, days, rights, or many at once."""


REACHES = {
    "conference.edit": Reach.ALL,
    "grant.give": Reach.ALL,
    "grant.revoke": Reach.ALL,
    "host.delete": Reach.ALL,
    "programme.undo": Reach.ALL,
    "room.availability": Reach.CONFLICTS,
    "room.create": Reach.ALL,
    "room.delete": Reach.ALL,
    "room.edit": Reach.ALL,
    "schedule.override": Reach.CONFLICTS,
    "schedule.override_end": Reach.CONFLICTS,
    "session.confirm": Reach.SESSION,
    "session.create": Reach.SESSION,
    "session.delete": Reach.ALL,
    "session.edit": Reach.SESSION,
    "session.order": Reach.CONFLICTS,
    "speaker.availability": Reach.CONFLICTS,
    "speaker.delete": Reach.ALL,
    "speaker.edit": Reach.SPEAKER,
    "track.create": Reach.ALL,
    "track.delete": Reach.ALL,
    "track.edit": Reach.ALL,
    "venue.delete": Reach.ALL,
    "venue.edit": Reach.ALL,
    "venue.walks": Reach.CONFLICTS,
}
"""Which audited deeds change what a board shows; all others leave it as it is."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One edit: `code` names the session or the speaker; `by` is an account's id and name, None for the app itself."""

    action: str
    """As the audit has it, such as session.edit."""
    reach: Reach
    code: str
    by: tuple[int, str] | None


@dataclass(frozen=True)
class Edits:
    """Edits in their order, and the rows that they touch."""

    told: Sequence[Edit] = ()
    is_all: bool = False
    """Whether a board has to be read anew."""
    sessions: dict[int, str] = field(default_factory=dict)
    """Codes by id of the sessions that were edited, or whose speakers were."""
    slots: Sequence[Slot] = ()
    """The slots of those sessions, placed or not."""

    @property
    def is_conflicts(self) -> bool:
        """Whether conflicts changed that touch none of the slots."""
        return any(each.reach is Reach.CONFLICTS for each in self.told)


def since(conference: Conference, number: int) -> Edits:
    """What was edited after entry `number` of the conference's chain; three statements at most."""
    rows = db.session.execute(
        sa.select(AuditEntry.action, AuditEntry.subject, AuditEntry.facts, Account.id, Person.name)
        .outerjoin(Account, Account.id == AuditEntry.account_id)
        .outerjoin(Person, Person.id == Account.person_id)
        .where(
            AuditEntry.conference_id == conference.id,
            AuditEntry.number > number,
            AuditEntry.action.in_(sorted(REACHES)),
        )
        .order_by(AuditEntry.number)
        .limit(MOST + 1)
    ).all()
    told = []
    for action, subject, facts, account, name in rows:
        reach, code = REACHES[action], subject.partition(":")[2]
        if reach is Reach.SPEAKER and "name" not in facts.get("fields", ("name",)):
            continue  # a biography stands on no card
        if reach in (Reach.SESSION, Reach.SPEAKER) and code == "*":
            reach = Reach.ALL
        told.append(Edit(action, reach, code, (account, name) if account is not None else None))
    if len(rows) > MOST or any(each.reach is Reach.ALL for each in told):
        return Edits(told, is_all=True)
    return _touched(conference, told)


def _touched(conference: Conference, told: Sequence[Edit]) -> Edits:
    """The edits with the sessions and slots that they touch."""
    codes = _codes(told, Reach.SESSION)
    speakers = _codes(told, Reach.SPEAKER)
    if not codes and not speakers:
        return Edits(told)
    spoken = sa.select(Part.session_id).join(Speaker, Speaker.id == Part.speaker_id)
    spoken = spoken.where(Speaker.conference_id == conference.id, Speaker.code.in_(speakers))
    rows = db.session.execute(
        sa.select(Session.id, Session.code)
        .where(Session.conference_id == conference.id, sa.or_(Session.code.in_(codes), Session.id.in_(spoken)))
        .order_by(Session.id)
    )
    sessions = {row.id: row.code for row in rows}
    held = db.session.scalars(sa.select(Slot).where(Slot.session_id.in_(list(sessions))).order_by(Slot.id)).all()
    return Edits(told, sessions=sessions, slots=held)


def _codes(told: Iterable[Edit], reach: Reach) -> list[str]:
    return sorted({each.code for each in told if each.reach is reach})
