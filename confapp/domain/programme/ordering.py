"""Order: which sessions must come after which."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from confapp.database import Model, db
from confapp.domain import audit
from confapp.domain.errors import N_, Invalid
from confapp.domain.people import Account
from confapp.domain.programme.conferences import Conference
from confapp.domain.programme.sessions import Session


class Follows(Model):
    """One session takes place after another has ended."""

    __tablename__ = "follows"
    __table_args__ = (sa.CheckConstraint("earlier_id <> later_id", name="two"),)

    earlier_id: Mapped[int] = mapped_column(sa.ForeignKey("session.id", ondelete="CASCADE"), primary_key=True)
    later_id: Mapped[int] = mapped_column(sa.ForeignKey("session.id", ondelete="CASCADE"), primary_key=True, index=True)
    conference_id: Mapped[int] = mapped_column(sa.ForeignKey("conference.id", ondelete="CASCADE"), index=True)


_earlier, _later = Session.__table__.alias("earlier"), Session.__table__.alias("later")
_PAIRS = (
    sa.select(_earlier.c.code, _later.c.code)
    .select_from(Follows)
    .join(_earlier, _earlier.c.id == Follows.earlier_id)
    .join(_later, _later.c.id == Follows.later_id)
)
_ALL_PAIRS = _PAIRS.where(Follows.conference_id == sa.bindparam("conference"))
_PAIRS_OF = _PAIRS.where(
    sa.or_(Follows.earlier_id == sa.bindparam("session"), Follows.later_id == sa.bindparam("session"))
)


def pairs(conference: Conference, session: Session | None = None) -> frozenset[tuple[str, str]]:
    """(code of the earlier, code of the later) session, for all that have an order, or that one has; one query."""
    wanted, asked = (
        (_ALL_PAIRS, {"conference": conference.id}) if session is None else (_PAIRS_OF, {"session": session.id})
    )
    rows = db.session.execute(wanted, asked)
    return frozenset((one, other) for one, other in rows)


def before(session: Session) -> Sequence[Session]:
    """The sessions that must have ended before this one begins."""
    return db.session.scalars(
        sa.select(Session)
        .join(Follows, Follows.earlier_id == Session.id)
        .where(Follows.later_id == session.id)
        .order_by(Session.number)
    ).all()


def set_before(session: Session, earlier: Iterable[Session], *, by: Account | None, now: dt.datetime) -> None:
    """Say what must have ended before this session begins, in the place of what was said.

    What is placed stays, and clashes. Raises Invalid where sessions would wait for each other for ever.
    """
    wanted = {each.id: each for each in earlier}
    rows = db.session.execute(
        sa.select(Follows.earlier_id, Follows.later_id).where(Follows.conference_id == session.conference_id)
    )
    after: dict[int, set[int]] = {}
    held = set()
    for one, other in rows:
        if other == session.id:
            held.add(one)
        else:
            after.setdefault(one, set()).add(other)
    reached, open_ends = {session.id}, [session.id]
    while open_ends:
        for each in after.get(open_ends.pop(), set()) - reached:
            reached.add(each)
            open_ends.append(each)
    circular = [each for key, each in wanted.items() if key in reached]
    if circular:
        code = circular[0].code
        raise Invalid({"after": [N_("%(code)s comes after this session itself, or is this session.", code=code)]})
    if held == set(wanted):
        return
    db.session.execute(sa.delete(Follows).where(Follows.later_id == session.id))
    db.session.add_all(
        Follows(earlier_id=each, later_id=session.id, conference_id=session.conference_id) for each in wanted
    )
    db.session.flush()
    audit.record(
        "session.order",
        f"session:{session.code}",
        conference_id=session.conference_id,
        by=by,
        now=now,
        facts={"after": sorted(each.code for each in wanted.values())},
    )
