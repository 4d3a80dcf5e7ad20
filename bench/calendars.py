"""What a calendar costs to build: whole by the icalendar library, by ours, and by ours after a release of one change.

    python -m bench.calendars

Processor time of the best of five, imports and loading from the database apart. The bar is the issue's.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

import icalendar
from icalendar.prop import vText

from bench.scene import agenda_of
from confapp.domain.agenda import Agenda, Entry
from confapp.domain.release.freezing import digest
from confapp.exports.ical import calendar
from confapp.exports.prose import cut, plain
from confapp.exports.vtimezone import vtimezone
from confapp.exports.wording import Voice, place, session_url
from tests.agendas import RELEASED_AT

BASE = "https://conf.example"
ROUNDS = 5
BAR = 1 / 15


def by_library(agenda: Agenda) -> bytes:
    """The same events through icalendar alone."""
    facts, voice = agenda.conference, Voice(agenda.conference, "en")
    head = icalendar.Calendar()
    head.add("prodid", "-//Confapp//Agenda//EN")
    head.add("version", "2.0")
    parts = [head.to_ical().removesuffix(b"END:VCALENDAR\r\n"), vtimezone(facts.timezone, 2027, 2027)]
    for entry in agenda.entries:
        made = icalendar.Event()
        made.add("uid", str(entry.uuid))
        made.add("dtstamp", entry.changed_at)
        made.add("last-modified", entry.changed_at)
        made.add("sequence", entry.sequence)
        made.add("status", "CONFIRMED")
        made.add("transp", "OPAQUE")
        for name, moment in (("dtstart", entry.starts_at), ("dtend", entry.ends_at)):
            made.add(name, moment.astimezone(facts.zone))
        made["SUMMARY"] = vText(voice.words(entry.session.title))
        made["DESCRIPTION"] = vText(_description(entry, voice, agenda))
        made.add("url", session_url(entry, facts, BASE))
        made["LOCATION"] = vText(place(entry, agenda, voice))
        if entry.session.track:
            made["CATEGORIES"] = vText(voice.words(entry.session.track.name))
        made["ORGANIZER"] = icalendar.vCalAddress(f"mailto:{facts.contact}", params={"CN": voice.words(facts.title)})
        if entry.room and entry.room.venue and entry.room.venue.latitude is not None:
            made.add("geo", (entry.room.venue.latitude, entry.room.venue.longitude))
        parts.append(made.to_ical())
    return b"".join([*parts, b"END:VCALENDAR\r\n"])


def _description(entry: Entry, voice: Voice, agenda: Agenda) -> str:
    people = [f"{voice.role(part.role)}: {part.person.name}" for part in entry.session.parts]
    about = cut(plain(voice.html(entry.session.abstract)), 300)
    return "\n\n".join(["\n".join(people), about, session_url(entry, agenda.conference, BASE)])


def after_one_change(agenda: Agenda) -> Agenda:
    """The next release, in which one session moved; everything is loaded anew, as from the database."""
    entries = [replace(entry) for entry in agenda.entries]
    entries[7] = replace(entries[7], sequence=agenda.release, changed_at=RELEASED_AT)
    return replace(agenda, release=agenda.release + 1, entries=tuple(entries))


def best(make: Callable[[], object]) -> float:
    """Processor seconds of the fastest round."""
    spent = []
    for _ in range(ROUNDS):
        began = time.process_time()
        make()
        spent.append(time.process_time() - began)
    return min(spent)


def main() -> None:
    """Measure and print."""
    columns = ("icalendar", "ours, cold", "one changed", "none changed")
    print(f"{'sessions':>10}{''.join(f'{each:>14}' for each in columns)}{'share':>8}{'bytes':>12}")
    is_held = True
    for count in (100, 1000, 10_000):
        agenda = agenda_of(count)
        agenda = replace(agenda, entries=tuple(replace(each, digest=digest(each)) for each in agenda.entries))
        plain.cache_clear()
        began = time.process_time()
        body = calendar(agenda, base_url=BASE, language="en")
        cold = time.process_time() - began
        library = best(lambda agenda=agenda: by_library(agenda))  # type: ignore[misc]
        releases = iter([after_one_change(replace(agenda, release=n)) for n in range(9, 9 + ROUNDS)])
        changed = best(lambda releases=releases: calendar(next(releases), base_url=BASE, language="en"))  # type: ignore[misc]
        same = best(lambda agenda=agenda: calendar(agenda, base_url=BASE, language="en"))  # type: ignore[misc]
        share = changed / library
        is_held &= share <= BAR or count != 1000
        times = "".join(f"{seconds * 1e3:>11.1f} ms" for seconds in (library, cold, changed, same))
        print(f"{count:>10}{times}{share:>8.3f}{len(body):>12}")
    print(f"bar at 1,000: at most {BAR:.3f} of icalendar, {'held' if is_held else 'BROKEN'}")
    raise SystemExit(not is_held)


if __name__ == "__main__":
    main()
