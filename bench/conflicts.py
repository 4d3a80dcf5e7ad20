"""What the rules of the schedule cost: the whole draft, one placing, and the places that the board asks for at a drag.

    python -m bench.conflicts

Reads CONFAPP_TEST_DATA (a folder of real programmes) for FOSDEM 2020, else makes a programme as large; and made drafts
of 100, 1,000 and 10,000 sessions for the rules alone. Needs no server: SQLite in a temporary folder.
"""

from __future__ import annotations

import datetime as dt
import json
import math
import tempfile
import time
import uuid
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any

from bench.import_lock import NOW, read
from confapp import create_app
from confapp.config import Settings
from confapp.database import Mode, transaction
from confapp.domain import people, permissions, tokens
from confapp.domain.permissions import Role
from confapp.domain.programme import conferences, slots
from confapp.domain.schedule import checking, scheduling
from confapp.domain.schedule.conflicts import Grounds, PlacedRoom, Placement, conflicts
from confapp.imports.apply import apply
from confapp.imports.difference import prepare
from confapp.migrations import migrate_up

ROUNDS = 9
SIZES = (100, 1_000, 10_000)


def measure(question: Callable[[], Any], rounds: int = ROUNDS) -> tuple[float, float]:
    """Median and worst milliseconds."""
    taken = []
    for _ in range(rounds):
        started = time.perf_counter()
        question()
        taken.append((time.perf_counter() - started) * 1000)
    return median(taken), max(taken)


def made_draft(count: int, conference: Any) -> list[Placement]:
    """Sessions of 20 minutes in 35 rooms without a clash, days on end."""
    rooms = [PlacedRoom(f"r{number}", {"en": f"Room {number}"}, 100, "venue", 5) for number in range(35)]
    start = dt.datetime.combine(conference.starts_on, dt.time(9), conference.zone)
    draft = []
    for number in range(count):
        begins = start + dt.timedelta(minutes=30 * (number // 35))
        room, people = rooms[number % 35], {f"P{number % 700}": "Somebody"}
        ends = begins + dt.timedelta(minutes=20)
        draft.append(Placement(uuid.uuid4(), {"en": "Talk"}, room, begins, ends, f"S{number}", people))
    return draft


def main() -> None:
    """Print a table."""
    name, plan = read()
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(
            Settings(instance=Path(folder), secret_key="bench", audit_key="bench", is_testing=True), lambda: NOW
        )
        with app.app_context():
            migrate_up()
            with transaction(Mode.READ):
                difference = prepare(plan, None, slug="bench")
            with transaction():
                apply(difference, by=None, now=NOW)
                conference = conferences.named("bench")
                account = people.create_account(email="bench@example.org", name="Bench", password_hash="", now=NOW)
                permissions.grant(account, conference.id, Role.ORGANISER, by=None, now=NOW)
                token = tokens.create_token(account, label="bench", expires_at=None, now=NOW)
            with transaction(Mode.READ):
                held = slots.slots(conference)
                busiest = max(held, key=lambda slot: len(slot.session.parts) if slot.session else 0)
                print(f"{name}: {len(held)} slots, {len(checking.draft_conflicts(conference))} conflicts")
                rows = {"the whole draft": measure(lambda: checking.draft_conflicts(conference))}
                found = checking.draft_conflicts(conference)
                rows["ways out of all conflicts"] = measure(lambda: checking.ways_out_of(conference, found))
                rows["places of one slot, in the domain"] = measure(
                    lambda: checking.places(conference, busiest, busiest.session)
                )
            with transaction():
                rows["placing one slot"] = measure(lambda: place(conference, busiest))
            url = f"/api/conferences/bench/slots/{busiest.uuid}/places"
            client, headers = app.test_client(), {"Authorization": f"Bearer {token}"}
            answer = client.get(url, headers=headers)
            assert answer.status_code == 200, answer.text
            rows["GET .../places"] = measure(lambda: client.get(url, headers=headers))
            intervals = sum(len(busy) for busy in json.loads(answer.data)["rooms"].values())
            facts = conferences.named("bench").facts
            facts = replace(facts, ends_on=facts.starts_on + dt.timedelta(days=30))
        for words, (middle, worst) in rows.items():
            print(f"{words:36} {middle:8.1f} ms   worst {worst:8.1f} ms")
        print(f"GET .../places answers {len(answer.data):,} bytes with {intervals} busy times")
    taken: list[float] = []
    for size in SIZES:
        draft, grounds = made_draft(size, facts), Grounds(facts, walks={frozenset({"venue"}): 10})
        middle, worst = measure(lambda draft=draft, grounds=grounds: conflicts(draft, grounds))  # type: ignore[misc]
        print(f"the rules over {size:6,} sessions {middle:16.1f} ms   worst {worst:8.1f} ms")
        taken.append(middle)
    growth = taken[-1] / taken[-2]
    allowed = SIZES[-1] * math.log(SIZES[-1]) / (SIZES[-2] * math.log(SIZES[-2]))
    told = f"the rules grow {growth:.1f} times from {SIZES[-2]:,} to {SIZES[-1]:,} sessions, at most {allowed:.1f}"
    print(f"{'holds ' if growth <= allowed else 'MISSES'}  {told} (n log n)")


def place(conference: Any, slot: slots.Slot) -> None:
    """Place a slot where it stands."""
    assert slot.starts_at is not None
    assert slot.ends_at is not None
    scheduling.place(
        slot,
        conference,
        room=slot.room,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        expected=None,
        by=None,
        now=NOW,
        override="bench",
        may_override=True,
    )


if __name__ == "__main__":
    main()
