"""What the schedule costs as it grows: placing one, checking, the board, releasing, comparing, undoing; held to bars.

    python -m bench.schedule [SESSIONS ...]

Placing goes through the API: token, grants, conflict check, history and commit included. It is told as a multiple of a
bare Flask view that writes one row into the same kind of database, asked in turn with it, so that a busy machine slows
both. Needs no server: SQLite in a temporary folder. Times are CPU time.
"""

from __future__ import annotations

import datetime as dt
import gc
import math
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
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
from confapp.domain.programme import conferences, hosts, sessions, slots, speakers, walks
from confapp.domain.programme.conferences import Conference
from confapp.domain.programme.sessions import PartRole, SessionState
from confapp.domain.release import releases, releasing
from confapp.domain.schedule import checking, history, scheduling
from confapp.domain.schedule.scopes import EVERYWHERE
from confapp.migrations import migrate_up

NOW = dt.datetime(2026, 5, 18, 9, tzinfo=dt.UTC)
SIZES = (100, 1_000, 10_000)
ROUNDS = 5
PLACINGS = 200
A_DAY = 20
"""Sessions in a room on one day."""
SPARE = 2
"""Rooms in which nothing stands but the slot that is placed, to and fro between them."""
PLACING = "placing one, through the API"
CHECKING = "checking the whole draft"
BARE = "a bare Flask view that writes a row"
MOST_TIMES = 10.0
"""How many times a bare view's cost one placing may cost at 1,000 sessions."""


@dataclass
class Findings:
    """Milliseconds and statements of each step, at one size."""

    times: dict[str, float] = field(default_factory=dict)
    statements: dict[str, int] = field(default_factory=dict)


def fill(count: int) -> tuple[Conference, str]:
    """A conference of so many talks without a clash, in two venues and as many rooms and days as they need; a token."""
    wanted_rooms = max(5, min(35, count // 100))
    days = -(-count // (wanted_rooms * A_DAY))
    facts: dict[str, Any] = {
        "slug": "bench",
        "title": {"en": "Bench"},
        "timezone": "Europe/Brussels",
        "starts_on": NOW.date(),
        "ends_on": NOW.date() + dt.timedelta(days=days),
        "languages": ["en"],
    }
    conference = conferences.create(facts, by=None, now=NOW)
    venues = hosts.create_many(
        hosts.Venue, conference, [{"name": {"en": words}} for words in ("Palace", "Campus")], by=None, now=NOW
    )
    walks.set_walks(venues[0], {venues[1]: 10}, by=None, now=NOW)
    facts_of_rooms = [
        {"name": {"en": f"Room {place}"}, "capacity": 100, "venue_id": venues[place % 2].id}
        for place in range(wanted_rooms + SPARE)
    ]
    rooms = hosts.create_many(hosts.Room, conference, facts_of_rooms, by=None, now=NOW)
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
        turn, room = divmod(number, wanted_rooms)
        day, place = divmod(turn, A_DAY)
        start = NOW - dt.timedelta(hours=2) + dt.timedelta(days=day, minutes=30 * place)
        wanted.append((slot, rooms[room], start, start + dt.timedelta(minutes=25)))
    scheduling.place_many(conference, wanted, reason="bench", by=None, now=NOW)
    account = people.create_account(email="bench@example.org", name="Bench", password_hash="", now=NOW)
    permissions.grant(account, conference.id, Role.ORGANISER, by=None, now=NOW)
    return conference, tokens.create_token(account, label="bench", expires_at=None, now=NOW)


def taken(question: Callable[[], Any]) -> float:
    """Milliseconds of CPU."""
    began = time.process_time()
    question()
    return (time.process_time() - began) * 1_000


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


@contextmanager
def statements(engine: sa.Engine) -> Iterator[list[str]]:
    """Gathers what is sent to the database meanwhile; many rows inserted by one statement are one."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


def measure(count: int, folder: Path) -> Findings:
    """What each step costs with so many sessions."""
    app = create_app(Settings(instance=folder, secret_key="bench", audit_key="bench", is_testing=True), lambda: NOW)
    found = Findings()
    with app.app_context():
        migrate_up()
        with transaction():
            conference, token = fill(count)
            rooms = hosts.rooms(conference)[-SPARE:]
            url = f"/api/conferences/bench/slots/{slots.slots(conference)[count // 2].uuid}"
        engine, engines = db.engine, list(db.engines.values())
    client, headers = app.test_client(), {"Authorization": f"Bearer {token}"}
    turn = iter(range(1_000_000))

    # Requests run outside any context, as a server's do: who asks and what they hold is read anew for each.
    def place() -> None:
        number = next(turn)
        start = NOW + dt.timedelta(minutes=number % 60)
        where = {"starts_at": start.isoformat(), "minutes": 25, "room": rooms[number % SPARE].code}
        answer = client.put(url, headers=headers, json=where)
        assert answer.status_code == 200, answer.text
        assert not answer.json["warnings"]

    def draw() -> None:
        answer = client.get("/api/conferences/bench/board", headers=headers)
        assert answer.status_code == 200, answer.text

    def within(question: Callable[[Conference], Any], mode: Mode = Mode.WRITE) -> Callable[[], Any]:
        def ask() -> None:
            with app.app_context(), transaction(mode):
                question(conferences.named("bench"))

        return ask

    def release(conference: Conference) -> None:
        releases.release(conference, expected=None, note={}, by=None, now=NOW)

    def compare(conference: Conference) -> None:
        first, latest = releases.numbered(conference.id, 1), releases.current(conference.id)
        releasing.between(conference, first, latest, now=NOW)

    def undo(conference: Conference) -> None:
        row = slots.history(conference, most=1)[0]
        history.undo(conference, version=row.version, rights=EVERYWHERE, by=None, now=NOW)

    gc.collect()
    gc.freeze()  # as wsgi.py does
    write_one = bare(folder)
    for _ in range(5):
        write_one()
        place()
    pairs = [(taken(write_one), taken(place)) for _ in range(PLACINGS)]
    found.times[BARE], found.times[PLACING] = (median(each) for each in zip(*pairs, strict=True))
    with statements(engine) as sent:
        place()
    found.statements[PLACING] = len(sent)
    for words, question in {
        CHECKING: within(checking.draft_conflicts, Mode.READ),
        "the board, through the API": draw,
        "releasing": within(release),
        "comparing two releases": within(compare, Mode.READ),
        "undoing one step": within(undo),
    }.items():
        question()
        found.times[words] = median(taken(question) for _ in range(ROUNDS))
        with statements(engine) as sent:
            question()
        found.statements[words] = len(sent)
    for each in engines:
        each.dispose()
    return found


def bars(found: dict[int, Findings]) -> Iterator[tuple[str, bool]]:
    """What is asked of the figures, in words with the figures, and whether it holds."""
    if 1_000 in found:
        ratio = found[1_000].times[PLACING] / found[1_000].times[BARE]
        yield f"placing one of 1,000 costs {ratio:.1f} bare views, at most {MOST_TIMES:.0f}", ratio <= MOST_TIMES
    if len(found) == 1:
        return
    for words, sent in found[min(found)].statements.items():
        counts = [found[count].statements[words] for count in found]
        told = str(sent) if len(set(counts)) == 1 else ", ".join(map(str, counts))
        yield f"{words}: {told} statements, however many sessions", len(set(counts)) == 1
    one, other = sorted(found)[-2:]
    growth = found[other].times[CHECKING] / found[one].times[CHECKING]
    allowed = other * math.log(other) / (one * math.log(one))
    told = f"{CHECKING} grows {growth:.1f} times from {one:,} to {other:,} sessions, at most {allowed:.1f} (n log n)"
    yield told, growth <= allowed


def main() -> None:
    """Print the table, then each bar and whether it holds; leave with 1 where one does not."""
    sizes = [int(each) for each in sys.argv[1:]] or list(SIZES)
    found = {}
    for count in sizes:
        with tempfile.TemporaryDirectory() as folder:
            found[count] = measure(count, Path(folder))
    print(f"{'CPU time of one step, SQLite':<38}" + "".join(f"{f'{count:,} sessions':>17}" for count in sizes))
    for words in found[sizes[0]].times:
        cells = [f"{found[count].times[words]:.1f} ms" for count in sizes]
        print(f"{words:<38}" + "".join(f"{cell:>17}" for cell in cells))
        if words == PLACING:
            ratios = [f"{found[count].times[PLACING] / found[count].times[BARE]:.1f} x" for count in sizes]
            print(f"{'... as a multiple of the bare view':<38}" + "".join(f"{cell:>17}" for cell in ratios))
    print()
    held = list(bars(found))
    for told, holds in held:
        print(f"{'holds ' if holds else 'MISSES'}  {told}")
    sys.exit(0 if all(holds for _, holds in held) else 1)


if __name__ == "__main__":
    main()
