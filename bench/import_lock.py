"""How long importing a programme holds the write lock: 872 events of FOSDEM 2020, or made ones where it is not at hand.

    python -m bench.import_lock

Reads CONFAPP_TEST_DATA (a folder of real programmes); needs no server: SQLite in a temporary folder.
"""

from __future__ import annotations

import datetime as dt
import os
import tempfile
import time
from pathlib import Path
from statistics import median

from confapp import create_app
from confapp.config import Settings
from confapp.database import Mode, db, transaction
from confapp.domain.programme import conferences
from confapp.imports import read_programme
from confapp.imports.apply import apply
from confapp.imports.difference import prepare
from confapp.imports.plan import Plan
from confapp.migrations import migrate_up

NOW = dt.datetime(2026, 5, 18, 9, tzinfo=dt.UTC)
REAL = Path("01-fosdem-2020", "schedule.xml")
EVENTS, ROOMS, TRACKS = 872, 35, 71
ROUNDS = 5
LIMIT = 2.0
"""Seconds for which nobody else may write, at most; on a machine with nothing else to do."""


def made() -> bytes:
    """A programme as large as FOSDEM's, with abstracts as long."""
    words = "Cells were here first, and they do not read the manual. " * 14
    rooms: list[list[str]] = [[] for _ in range(ROOMS)]
    for number in range(EVENTS):
        minutes = number // ROOMS * 20
        rooms[number % ROOMS].append(
            f"<event id='{number}'><title>Talk {number}</title><start>{9 + minutes // 60:02}:{minutes % 60:02}</start>"
            f"<duration>00:20</duration><track>Track {number % TRACKS}</track><abstract>{words}</abstract>"
            f"<persons><person id='{number}'>Speaker {number}</person></persons></event>"
        )
    inner = "".join(f"<room name='Room {place}'>{''.join(events)}</room>" for place, events in enumerate(rooms))
    head = "<conference><title>Made</title><time_zone_name>Europe/Brussels</time_zone_name></conference>"
    return f"<schedule>{head}<day date='2026-05-18' index='1'>{inner}</day></schedule>".encode()


def read() -> tuple[str, Plan]:
    """The programme's name, and its plan."""
    folder = os.environ.get("CONFAPP_TEST_DATA")
    if folder:
        return "FOSDEM 2020", read_programme(Path(folder, REAL).read_bytes(), REAL.name, timezone="Europe/Brussels")
    return "made", read_programme(made(), "made.xml", timezone=None)


def measure(plan: Plan, slug: str) -> tuple[float, float, float]:
    """Seconds of comparing (locks nothing), of writing, from taking the lock to giving it back; and its CPU time."""
    began = time.perf_counter()
    with transaction(Mode.READ):
        difference = prepare(plan, conferences.find(slug), slug=slug)
    compared, worked = time.perf_counter(), time.process_time()
    with transaction():
        apply(difference, by=None, now=NOW)
    written, worked = time.perf_counter(), time.process_time() - worked
    db.session.remove()
    return compared - began, written - compared, worked


def main() -> None:
    """Measure and print."""
    began = time.perf_counter()
    name, plan = read()
    reading = time.perf_counter() - began
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(instance=Path(folder), secret_key="bench", audit_key="bench", is_testing=True)
        app = create_app(settings)
        with app.app_context():
            migrate_up()
            rounds = [measure(plan, f"round-{number}") for number in range(ROUNDS)]
            again = measure(plan, "round-0")
            for engine in db.engines.values():
                engine.dispose()
    worst = max(each[1] for each in rounds)
    print(f"{name}: {len(plan.sessions)} sessions, {len(plan.rooms)} rooms, {len(plan.speakers)} speakers; SQLite")
    print(f"{'step':<42}{'median':>10}{'worst':>10}   of {ROUNDS}")
    print(f"{'reading the file (no transaction)':<42}{reading:>8.2f} s")
    for title, column in (("comparing (reads only)", 0), ("writing (holds the lock)", 1), ("  CPU time of that", 2)):
        seconds = [each[column] for each in rounds]
        print(f"{title:<42}{median(seconds):>8.2f} s{max(seconds):>8.2f} s")
    print(f"{'the same file again: comparing, writing':<42}{again[0]:>8.2f} s{again[1]:>8.2f} s")
    print(f"limit for writing: {LIMIT:.1f} s, {'held' if worst <= LIMIT else 'BROKEN'}")
    raise SystemExit(worst > LIMIT)


if __name__ == "__main__":
    main()
