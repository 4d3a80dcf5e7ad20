"""Tellings: what the organisers chose to tell of each release and when, and the letters that went out for it.

Each release has at most one. What a person is told reaches back to the last release that they know of: a telling that a
later release overtakes sends nothing more, and what it would have said comes with the next one. Rows hold ids and
never words; these are written from the releases when a letter is sent.
"""

from __future__ import annotations

import datetime as dt
import enum
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from confapp.database import Json, Key, MaybeMoment, Model, Moment, Uuid, db
from confapp.domain import audit
from confapp.domain.errors import N_, Invalid, Missing, NotNow
from confapp.domain.letters.concerns import Group
from confapp.domain.outbox import send
from confapp.domain.people import Account
from confapp.domain.programme.conferences import Conference
from confapp.domain.release import releases
from confapp.domain.release.frozen import Release

DUE = "letters.due"
"""The kind of outbox row by which a telling becomes letters; handled by the worker."""
LETTER = "mail.release"
"""The kind of outbox row by which one letter is written and sent."""


class When(enum.StrEnum):
    """When those whom a release concerns are told."""

    NOW = "now"
    LATER = "later"
    """The letters lie ready until somebody sends them."""
    AT = "at"
    """At a time of the organisers' choice."""
    NOBODY = "nobody"
    """Not at all: the next letters start from this release."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What is told of a release: when, and to which groups. `at` belongs to When.AT alone."""

    when: When = When.LATER
    groups: frozenset[Group] = frozenset(Group)
    at: dt.datetime | None = None


class Telling(Model):
    """What is told of one release."""

    __tablename__ = "telling"

    id: Mapped[Key]
    uuid: Mapped[Uuid]
    conference_id: Mapped[int] = mapped_column(sa.ForeignKey("conference.id", ondelete="CASCADE"), index=True)
    release_id: Mapped[int] = mapped_column(sa.ForeignKey("release.id", ondelete="CASCADE"), unique=True)
    groups: Mapped[list[str]] = mapped_column(Json, default=list)
    """Who is told; none: nobody."""
    since: Mapped[dict[str, int]] = mapped_column(Json, default=dict)
    """By group, the number of the release that its members know of; 0: of none."""
    behind: Mapped[dict[str, int]] = mapped_column(Json, default=dict)
    """The same by id, for those whose last letter was overtaken before it went out."""
    due_at: Mapped[MaybeMoment]
    """When the letters go out; None: when somebody says so."""
    begun_at: Mapped[MaybeMoment]
    """When they were handed over to be sent."""
    overtaken_at: Mapped[MaybeMoment]
    created_at: Mapped[Moment]
    release: Mapped[Release] = relationship(lazy="joined", innerjoin=True)

    @property
    def state(self) -> str:
        """nobody, sent, overtaken, scheduled or draft."""
        if not self.groups:
            return "nobody"
        if self.begun_at is not None:
            return "sent"
        if self.overtaken_at is not None:
            return "overtaken"
        return "scheduled" if self.due_at is not None else "draft"

    @property
    def is_open(self) -> bool:
        """Whether its letters are still to be sent."""
        return self.state in ("draft", "scheduled")

    @property
    def chosen(self) -> frozenset[Group]:
        """Who is told."""
        return frozenset(Group(each) for each in self.groups)

    def known(self, group: Group, identifier: str) -> int:
        """The number of the release that somebody knows of."""
        return self.behind.get(identifier, self.since[group.value])


class Letter(Model):
    """One letter on a release: whom it is for, and whether it went out."""

    __tablename__ = "letter"

    id: Mapped[Key]
    uuid: Mapped[Uuid]
    telling_id: Mapped[int] = mapped_column(sa.ForeignKey("telling.id", ondelete="CASCADE"), index=True)
    readers: Mapped[list[str]] = mapped_column(Json)
    """Ids, as `concerns.Reader` has them."""
    sent_at: Mapped[MaybeMoment]
    telling: Mapped[Telling] = relationship(lazy="joined", innerjoin=True)


@dataclass(frozen=True, slots=True)
class Known:
    """What everybody knows before a release is told of."""

    since: dict[str, int]
    behind: dict[str, int]

    def __call__(self, group: Group, identifier: str) -> int:
        """The number of the release that somebody knows of."""
        return self.behind.get(identifier, self.since[group.value])

    @property
    def numbers(self) -> set[int]:
        """The numbers of all releases that somebody knows of last."""
        return {*self.since.values(), *self.behind.values()}


def known(conference: Conference, number: int) -> Known:
    """What everybody knows before release `number` is told of.

    Who was told of the release before, or was not to be, starts from there; who waits for letters that have not gone
    out, where those would have started.
    """
    before = number - 1
    since = {group.value: before for group in Group}
    last = latest(conference, before=number)
    if last is None:
        return Known(since, {})
    if last.begun_at is None:
        waiting = {group: last.since[group] for group in last.groups}
        return Known(since | waiting, dict(last.behind) if last.groups else {})
    unsent = sa.select(Letter.readers).where(Letter.telling_id == last.id, Letter.sent_at.is_(None))
    reach = min(last.since[group] for group in last.groups)
    behind = {each: last.behind.get(each, reach) for ids in db.session.scalars(unsent) for each in ids}
    return Known(since, behind)


def latest(conference: Conference, *, before: int | None = None) -> Telling | None:
    """What was chosen last, of any release or of those below a number."""
    wanted = sa.select(Telling).join(Release, Release.id == Telling.release_id)
    wanted = wanted.where(Telling.conference_id == conference.id)
    if before is not None:
        wanted = wanted.where(Release.number < before)
    return db.session.scalar(wanted.order_by(Release.number.desc()).limit(1))


def telling(conference: Conference, number: int) -> Telling:
    """What is told of a release; raises Missing."""
    wanted = sa.select(Telling).join(Release, Release.id == Telling.release_id)
    found = db.session.scalar(wanted.where(Telling.conference_id == conference.id, Release.number == number))
    if found is None:
        raise Missing()
    return found


def tellings(conference: Conference) -> dict[int, Telling]:
    """What is told of each release, by its number."""
    wanted = sa.select(Telling).where(Telling.conference_id == conference.id)
    return {each.release.number: each for each in db.session.scalars(wanted)}


def by_uuid(identifier: uuid.UUID) -> Telling:
    """One by its UUID, for the worker, who alone may change it meanwhile; raises Missing."""
    found = db.session.scalar(sa.select(Telling).where(Telling.uuid == identifier).with_for_update(of=Telling))
    if found is None:
        raise Missing()
    return found


def tell(conference: Conference, release: Release, choice: Choice, *, by: Account | None, now: dt.datetime) -> Telling:
    """Say what is told of a release that was just made, in the transaction that made it. Raises Invalid.

    Letters on an earlier one that have not gone out are overtaken: these say it all.
    """
    knowing = known(conference, release.number)
    overtaken = sa.update(Telling).where(
        Telling.conference_id == conference.id, Telling.begun_at.is_(None), Telling.overtaken_at.is_(None)
    )
    db.session.execute(overtaken.values(overtaken_at=now))
    made = Telling(
        uuid=uuid.uuid4(),
        conference_id=conference.id,
        release=release,
        since=knowing.since,
        behind=knowing.behind,
        created_at=now,
    )
    db.session.add(made)
    decide(made, choice, by=by, now=now)
    return made


def decide(telling: Telling, choice: Choice, *, by: Account | None, now: dt.datetime) -> None:
    """Choose anew who is told and when, as long as nothing went out.

    Raises NotNow once the letters went out or a later release overtook them, Invalid for a time that is none.
    """
    if telling.begun_at is not None:
        raise NotNow(N_("These letters went out already."))
    if telling.overtaken_at is not None or _is_overtaken(telling):
        raise NotNow(N_("A later release overtook these letters; its own say it all."))
    if choice.when is When.AT and (choice.at is None or choice.at <= now):
        raise Invalid({"tell_at": [N_("Give a time to come.")]})
    if choice.when is not When.NOBODY and not choice.groups:
        raise Invalid({"tell_groups": [N_("Choose who is told, or that nobody is.")]})
    groups = frozenset[Group]() if choice.when is When.NOBODY else choice.groups
    telling.groups = [group.value for group in Group if group in groups]
    telling.due_at = {When.NOW: now, When.AT: choice.at}.get(choice.when)
    db.session.flush()
    if telling.due_at is not None:
        payload: dict[str, Any] = {"telling": str(telling.uuid), "due_at": telling.due_at.isoformat()}
        send(DUE, payload, conference_id=telling.conference_id, now=now, due_at=telling.due_at)
    audit.record(
        "release.tell",
        f"release:{telling.release.number}",
        conference_id=telling.conference_id,
        by=by,
        now=now,
        facts={"when": choice.when.value, "groups": telling.groups}
        | ({"at": choice.at.isoformat()} if choice.when is When.AT and choice.at else {}),
    )


def _is_overtaken(telling: Telling) -> bool:
    latest = releases.current(telling.conference_id)
    return latest is not None and latest.id != telling.release_id


def hand_over(telling: Telling, due_at: str, letters: Sequence[Sequence[str]], *, now: dt.datetime) -> list[Letter]:
    """Hand the letters over to be sent, each to the readers with these ids; once, and nothing that was overtaken.

    `due_at` is what the outbox row was sent for: where the organisers chose another time since, it is not this one's.
    """
    if not is_due(telling, due_at):
        return []
    telling.begun_at = now
    made = [Letter(uuid=uuid.uuid4(), telling=telling, readers=list(ids)) for ids in letters]
    db.session.add_all(made)
    for letter in made:
        payload = {"letter": str(letter.uuid)}
        send(LETTER, payload, conference_id=telling.conference_id, now=now, identifier=letter.uuid)
    db.session.flush()
    return made


def is_due(telling: Telling, due_at: str) -> bool:
    """Whether an outbox row that was sent for `due_at` is still what the organisers chose."""
    if telling.state != "scheduled" or telling.due_at is None or telling.due_at.isoformat() != due_at:
        return False
    return not _is_overtaken(telling)


def letter(identifier: uuid.UUID) -> Letter:
    """One letter, for the worker; raises Missing."""
    found = db.session.scalar(sa.select(Letter).where(Letter.uuid == identifier))
    if found is None:
        raise Missing()
    return found


def is_wanted(letter: Letter) -> bool:
    """Whether a letter is to be sent: it has not been, and its release is the latest."""
    return letter.sent_at is None and not _is_overtaken(letter.telling)


def sent(identifier: uuid.UUID, *, now: dt.datetime) -> None:
    """Note that a letter went out."""
    letter(identifier).sent_at = now


def progress(conference: Conference) -> dict[int, tuple[int, int]]:
    """For each telling's id, how many letters it has and how many of them went out."""
    counted = (
        sa.select(Letter.telling_id, sa.func.count(), sa.func.count(Letter.sent_at))
        .join(Telling, Telling.id == Letter.telling_id)
        .where(Telling.conference_id == conference.id)
        .group_by(Letter.telling_id)
    )
    return {identifier: (count, gone) for identifier, count, gone in db.session.execute(counted)}
