"""What the schedule costs as it grows: placing one session, checking, comparing, releasing, undoing; times and queries.

    python -m bench.schedule [SESSIONS ...]

Placing goes through the API, conflict check, history and commit included, and is told as a ratio to a bare Flask view
that writes one row into the same kind of database. Needs no server: SQLite in a temporary folder.
"""

from __future__ import annotations

import datetime as dt
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import event

from confapp import create_app
from confapp.config import Settings
from confapp.database import Mode, db, transaction
from confapp.domain import people, permissions, tokens
from confapp.domain.permissions import Role
from confapp.domain.programme import conferences, hosts, sessions, slots, speakers
from confapp.domain.programme.conferences import Conference
from confapp.domain.programme.sessions import PartRole, SessionState
from confapp.domain.release import releases, releasing
from confapp.domain.schedule import checking, history, scheduling
from confapp.domain.schedule.scopes import EVERYWHERE
from confapp.migrations import migrate_up

NOW = dt.datetime(2026, 5, 18, 9, tzinfo=dt.UTC)
SIZES = (100, 1_000, 10_000)
ROUNDS = 5
PLACINGS = 40
A_DAY = 20
"""Sessions in a room on one day."""
LIMIT = 10.0
"""How many times a bare view's cost one placing may cost at 1,000 sessions."""


def fill(count: int) -> tuple[Conference, str]:
    """A conference of so many talks without a clash, in as many rooms and days as they need, and a token."""
    rooms_wanted = max(5, min(35, count // 100))
    days = -(-count // (rooms_wanted * A_DAY))
    facts: dict[str, Any] = {
        "slug": "bench",
        "title": {"en": "Bench"},
        "timezone": "Europe/Brussels",
        "starts_on": NOW.date(),
        "ends_on": NOW.date() + dt.timedelta(days=days),
        "languages": ["en"],
    }
    conference = conferences.create(facts, by=None, now=NOW)
    rooms = [
        hosts.create(hosts.Room, conference, {"name": {"en": f"Room {place}"}, "capacity": 100}, by=None, now=NOW)
        for place in range(rooms_wanted)
    ]
    named = [{"name": f"Speaker {number}"} for number in range(count)]
    heads = speakers.create_speakers(conference, named, by=None, now=NOW)
    talks: list[dict[str, Any]] = [
        {
            "title": {"en": f"Talk {number}"},
            "abstract": {"en": "<p>Cells were here first, and they do not read the manual.</p>"},
            "state": SessionState.CONFIRMED,
            "parts": [(head, PartRole.SPEAKER)],
        }
        for number, head in enumerate(heads)
    ]
    held = sessions.create_many(conference, talks, by=None, now=NOW)
    made = scheduling.create_slots(conference, held)
    wanted = []
    for number, slot in enumerate(made):
        turn, room = divmod(number, rooms_wanted)
        day, place = divmod(turn, A_DAY)
        start = NOW - dt.timedelta(hours=2) + dt.timedelta(days=day, minutes=30 * place)
        wanted.append((slot, rooms[room], start, start + dt.timedelta(minutes=25)))
    scheduling.place_many(conference, wanted, reason="bench", by=None, now=NOW)
    account = people.create_account(email="bench@example.org", name="Bench", password_hash="", now=NOW)
    permissions.grant(account, conference.id, Role.ORGANISER, by=None, now=NOW)
    return conference, tokens.create_token(account, label="bench", expires_at=None, now=NOW)


def timed(question: Callable[[], Any], rounds: int = ROUNDS) -> float:
    """Median milliseconds of CPU, after one round that is not counted: a busy machine is no fault."""
    question()
    taken = []
    for _ in range(rounds):
        began = time.process_time()
        question()
        taken.append((time.process_time() - began) * 1000)
    return median(taken)


def bare(folder: Path) -> Callable[[], Any]:
    """A request to a view of Flask and Flask-SQLAlchemy alone that writes one row and commits, journalled likewise."""
    app = Flask("bare")
    app.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{folder / 'bare.sqlite3'}"
    lines = SQLAlchemy(app)

    class Line(lines.Model):  # type: ignore[name-defined,misc]
        id = sa.Column(sa.Integer, primary_key=True)
        words = sa.Column(sa.String(200))

    with app.app_context():
        lines.create_all()
        with lines.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA journal_mode=WAL")

    @app.put("/line")
    def write_line() -> str:
        lines.session.add(Line(words="words"))
        lines.session.commit()
        return "written"

    client = app.test_client()
    return lambda: client.put("/line", json={"words": "words"})


def asked(question: Callable[[], Any]) -> int:
    """How many statements a question sends, inserts of many rows apart (SQLite's go one by one)."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith("INSERT"):
            sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        question()
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return len(sent)


def measure(count: int, folder: Path) -> dict[str, tuple[float, int | None]]:
    """Milliseconds and statements by what was done, with so many sessions."""
    app = create_app(Settings(instance=folder, secret_key="bench", audit_key="bench", is_testing=True), lambda: NOW)
    rows: dict[str, tuple[float, int | None]] = {"bare Flask view, one row": (timed(bare(folder), PLACINGS), None)}
    with app.app_context():
        migrate_up()
        with transaction():
            _conference, token = fill(count)
            uuid = slots.slots(_conference)[count // 2].uuid
        client, turn = app.test_client(), iter(range(10_000))
        headers = {"Authorization": f"Bearer {token}"}
        url = f"/api/conferences/bench/slots/{uuid}"

        def place() -> None:
            start = NOW + dt.timedelta(days=-(-count // 100), hours=3, minutes=next(turn) % 60)
            start = min(start, NOW + dt.timedelta(hours=9, minutes=next(turn) % 60))
            answer = client.put(
                url, headers=headers, json={"starts_at": start.isoformat(), "minutes": 25, "room": "room-0"}
            )
            assert answer.status_code == 200, answer.text

        rows["placing one, through the API"] = (timed(place, PLACINGS), asked(place))

        def within(question: Callable[[Conference], Any], mode: Mode = Mode.WRITE) -> Callable[[], Any]:
            def ask() -> None:
                db.session.remove()
                with transaction(mode):
                    question(conferences.named("bench"))

            return ask

        def release(conference: Conference) -> None:
            releases.release(conference, expected=None, note={}, by=None, now=NOW, override="bench", may_override=True)

        def compare(conference: Conference) -> None:
            first, latest = releases.numbered(conference.id, 1), releases.current(conference.id)
            releasing.between(conference, first, latest, now=NOW)

        def undo(conference: Conference) -> None:
            row = slots.history(conference, most=1)[0]
            more: dict[str, Any] = {"rights": EVERYWHERE, "by": None, "now": NOW, "override": "bench"}
            history.undo(conference, version=row.version, **more)

        for words, question in {
            "checking the whole draft": within(checking.draft_conflicts, Mode.READ),
            "releasing": within(release),
            "comparing two releases": within(compare, Mode.READ),
            "undoing one step": within(undo),
        }.items():
            rows[words] = (timed(question, 3 if count > 1_000 else ROUNDS), asked(question))
        for engine in db.engines.values():
            engine.dispose()
    return rows


def main() -> None:
    """Print a table, and say whether placing costs more than the limit."""
    sizes = [int(each) for each in sys.argv[1:]] or list(SIZES)
    found = {}
    for count in sizes:
        with tempfile.TemporaryDirectory() as folder:
            found[count] = measure(count, Path(folder))
    print(f"{'ms of CPU (statements)':<32}" + "".join(f"{count:>18,}" for count in sizes))
    for words in next(iter(found.values())):
        cells = [found[count][words] for count in sizes]
        told = [f"{taken:.1f}" + (f" ({sent})" if sent is not None else "") for taken, sent in cells]
        print(f"{words:<32}" + "".join(f"{cell:>18}" for cell in told))
    ratios = {c: f["placing one, through the API"][0] / f["bare Flask view, one row"][0] for c, f in found.items()}
    print(f"{'placing : bare view':<32}" + "".join(f"{ratios[count]:>17.1f}x" for count in sizes))
    if 1_000 in ratios:
        print(f"limit at 1,000: {LIMIT:.0f}x, {'BROKEN' if ratios[1_000] > LIMIT else 'held'}")


if __name__ == "__main__":
    main()
