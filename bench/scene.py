"""What the server's bench serves: a released agenda of any size, attendees with picks, and a bare Flask hello.

`python -m bench.scene FOLDER SESSIONS` fills an instance; `bench.scene:application` serves the one in CONFAPP_INSTANCE.
"""

from __future__ import annotations

import gc
import json
import os
import sys
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from flask import Flask

from confapp import create_app
from confapp.config import Settings
from confapp.database import db, transaction
from confapp.domain.agenda import Agenda
from confapp.domain.attendance import registrations
from confapp.domain.attendance.registrations import Category
from confapp.domain.people import Person
from confapp.domain.programme import conferences, sessions
from confapp.domain.release.frozen import store
from confapp.migrations import migrate_up
from tests.agendas import RELEASED_AT, make_agenda

SLUG = "bench"
ATTENDEES, PICKS = 250, 15
hello = Flask("hello")


@hello.get("/hello")
def say_hello() -> str:
    """The measure of everything."""
    return "hello"


def agenda_of(count: int) -> Agenda:
    """An agenda of so many sessions in five days."""
    return make_agenda(count, rooms=max(6, count // 50), days=5)


def fill(folder: Path, count: int) -> None:
    """Make a migrated instance with one release, and attendees; their secrets are written into feeds.json."""
    app = create_app(settings_of(folder))
    with app.app_context():
        migrate_up()
        with transaction():
            made = agenda_of(count)
            facts = made.conference
            values: dict[str, Any] = {
                name: getattr(facts, name) for name in ("title", "timezone", "starts_on", "ends_on", "city", "country")
            }
            values |= {"languages": list(facts.languages), "contact": facts.contact}
            conference = conferences.create({"slug": SLUG} | values, by=None, now=RELEASED_AT)
            store(conference.id, replace(made, conference=conference.facts), 1)
            rows = [{"title": entry.session.title, "parts": []} for entry in made.entries[: PICKS * 3]]
            held = sessions.create_many(conference, rows, by=None, now=RELEASED_AT)
            for row, entry in zip(held, made.entries, strict=False):
                row.uuid = entry.session.uuid
            db.session.flush()
            secrets = []
            for number in range(ATTENDEES):
                person = Person(name=f"Attendee {number}", email=None, created_at=RELEASED_AT)
                db.session.add(person)
                registration = registrations.register(
                    conference, person, category=Category.GUEST, organisation="", by=None, now=RELEASED_AT
                )
                for session in held[number % len(held) :: 3][:PICKS] + held[: number % 3]:
                    registrations.pick(registration, session, now=RELEASED_AT)
                secrets.append(registrations.new_feed(registration, now=RELEASED_AT))
        for engine in db.engines.values():
            engine.dispose()
    (folder / "feeds.json").write_text(json.dumps(secrets), "utf-8")


def settings_of(folder: Path) -> Settings:
    """An instance in a folder, as it would run."""
    return Settings(
        instance=folder, secret_key="bench", audit_key="bench", base_url="https://conf.example", log_level="WARNING"
    )


Start = Callable[..., Any]


def _application() -> Callable[[dict[str, Any], Start], Iterable[bytes]]:
    app = create_app(settings_of(Path(os.environ["CONFAPP_INSTANCE"])))
    gc.freeze()  # as wsgi.py does

    def serve(environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
        """The hello view from an app that has nothing else, all else from Confapp."""
        if environ["PATH_INFO"] == "/hello":
            return hello.wsgi_app(environ, start_response)
        return app(environ, start_response)

    return serve


if __name__ == "__main__":
    fill(Path(sys.argv[1]), int(sys.argv[2]))
elif "CONFAPP_BENCH" in os.environ:
    application = _application()
