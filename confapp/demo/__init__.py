"""The demonstration conference as data: reads what is written beside this file and sets its times relative to now."""

import re
import tomllib
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

from confapp.demo.alignment import day_begins
from confapp.demo.values import (
    Account,
    Block,
    Conference,
    Host,
    Part,
    Programme,
    Registration,
    Room,
    Session,
    Slot,
    Speaker,
    Track,
    Transcript,
    Venue,
)

Table = Mapping[str, Any]
"""A table of a TOML file."""

FOLDER = files(__name__)


def load_programme(*, now: datetime) -> Programme:
    """Return the demonstration with day 1 on the date of `now` in the conference's zone and a keynote live at `now`.

    Day 2 is held on the next date at exactly the hours written; day 1 slides as `alignment.day_begins` says. `now`
    must be aware: a naive one raises ValueError. All times returned are aware, in UTC.
    """
    if now.utcoffset() is None:
        raise ValueError("now must be an aware datetime, such as datetime(2030, 1, 2, 9, 0, tzinfo=UTC)")
    programme, people = _toml("programme.toml"), _toml("people.toml")
    about = programme["conference"]
    starts_on = now.astimezone(ZoneInfo(about["timezone"])).date()
    clock = _Clock(programme["session"], now=now, first_day=starts_on, zone=ZoneInfo(about["timezone"]))
    return Programme(
        conference=Conference(**_tidy(about), starts_on=starts_on, ends_on=starts_on + timedelta(days=clock.days - 1)),
        hosts=tuple(Host(**_tidy(row)) for row in programme["host"]),
        venues=tuple(Venue(**_tidy(row)) for row in programme["venue"]),
        rooms=tuple(Room(**_tidy(row)) for row in programme["room"]),
        tracks=tuple(Track(**_tidy(row)) for row in programme["track"]),
        speakers=tuple(Speaker(**_tidy(row)) for row in people["speaker"]),
        sessions=tuple(_session(row, clock) for row in programme["session"]),
        transcripts=_transcripts(),
        registrations=tuple(Registration(**_tidy(row)) for row in people["registration"]),
        accounts=tuple(Account(**_tidy(row)) for row in people["account"]),
    )


class _Clock:
    """Turns the days and hours written in programme.toml into instants."""

    def __init__(self, sessions: list[Table], *, now: datetime, first_day: date, zone: ZoneInfo) -> None:
        slots = [(row, slot) for row in sessions for slot in row.get("slots", ())]
        self.days = max(slot["day"] for _, slot in slots)
        self.first_day, self.zone = first_day, zone
        day_one = [(row, _since_midnight(slot["start"])) for row, slot in slots if slot["day"] == 1]
        self.written = min(starts for _, starts in day_one)
        ends = max(starts + timedelta(minutes=row["minutes"]) for row, starts in day_one)
        keynotes = sorted(starts - self.written for row, starts in day_one if row["kind"] == "keynote")
        self.begins = day_begins(now=now, zone=zone, length=ends - self.written, keynotes=keynotes)

    def instant(self, day: int, start: time) -> datetime:
        """Return the instant of this hour of this day, in UTC."""
        if day == 1:
            return self.begins + _since_midnight(start) - self.written
        held_on = self.first_day + timedelta(days=day - 1)
        return datetime.combine(held_on, start, self.zone).astimezone(UTC)


def _session(row: Table, clock: _Clock) -> Session:
    fields = _tidy(row)
    parts = (
        *(Part(person, "speaker") for person in fields.pop("speakers", ())),
        *(Part(person, "panellist") for person in fields.pop("panellists", ())),
        *(Part(person, "chair") for person in fields.pop("chairs", ())),
    )
    lasts = timedelta(minutes=fields["minutes"])
    slots = tuple(_slot(slot, lasts, clock) for slot in fields.pop("slots", ()))
    return Session(**fields, parts=parts, slots=slots)


def _slot(row: Table, lasts: timedelta, clock: _Clock) -> Slot:
    fields = dict(row)
    starts_at = clock.instant(fields.pop("day"), fields.pop("start"))
    return Slot(**fields, starts_at=starts_at, ends_at=starts_at + lasts)


def _transcripts() -> tuple[Transcript, ...]:
    names = sorted(entry.name for entry in FOLDER.joinpath("transcripts").iterdir() if entry.name.endswith(".toml"))
    return tuple(_transcript(_toml("transcripts", name)) for name in names)


def _transcript(row: Table) -> Transcript:
    fields = _tidy(row)
    blocks = tuple(Block(**{"kind": "speech", **_tidy(block)}) for block in fields.pop("block"))
    return Transcript(**fields, blocks=blocks)


@cache
def _toml(*path: str) -> dict[str, Any]:
    return tomllib.loads(FOLDER.joinpath(*path).read_text(encoding="utf-8"))


def _tidy(row: Table) -> dict[str, Any]:
    """Return the row with lists as tuples and with its texts unwrapped, those by language included."""
    return {name: _value(value) for name, value in row.items()}


def _value(value: Any) -> Any:
    match value:
        case str():
            return _unwrapped(value)
        case list():
            return tuple(value)
        case dict():
            return {language: _unwrapped(text) for language, text in value.items()}
        case _:
            return value


def _unwrapped(text: str) -> str:
    """Return the paragraphs, parted by one empty line, each on a single line."""
    paragraphs = re.split(r"\n\s*\n", text.strip())
    return "\n\n".join(re.sub(r"\s*\n\s*", " ", paragraph) for paragraph in paragraphs)


def _since_midnight(hour: time) -> timedelta:
    return timedelta(hours=hour.hour, minutes=hour.minute)
