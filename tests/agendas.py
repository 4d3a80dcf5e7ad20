"""Frozen agendas for tests: a plausible conference of any size, and Hypothesis's strategy for odd ones."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from confapp.domain.agenda import (
    Agenda,
    ConferenceFacts,
    Entry,
    Host,
    Part,
    Person,
    Room,
    Session,
    Track,
    Venue,
    in_reading_order,
)

RELEASED_AT = dt.datetime(2027, 2, 1, 9, 30, tzinfo=dt.UTC)
ZONES = ("Europe/Brussels", "America/New_York", "Africa/Casablanca", "Asia/Kolkata")

_TOPICS = (
    "Field diagnostics", "Phage therapy", "Vaccine platforms", "Wastewater sequencing", "Synthetic promoters",
    "Biosafety cabinets", "Cold chains", "Gene drives", "Protein design", "Microbial forensics", "Tissue printing",
    "Toxin sensors", "Open-source ventilators", "Antibody libraries", "Spore-resistant coatings", "Fermentation at sea",
)  # fmt: skip
_ANGLES = (
    "from bench to barracks", "under export control", "in six easy mistakes", "when the power fails", "at scale",
    "and what regulators ask", "without a clean room", "ten years on", "for small nations", "in the supply chain",
    "on a soldier's wrist", "after the outbreak", "and the ethics of dual use",
)  # fmt: skip
_TRACKS = ("Diagnostics", "Therapeutics", "Biosecurity", "Manufacturing", "Policy and ethics", "Data", "Training")
_GIVEN = (
    "Amélie",
    "Björn",
    "Chidi",
    "Dorota",
    "Eleni",
    "Farah",
    "Goran",
    "Hye-jin",
    "Ines",
    "Jürgen",
    "Katarzyna",
    "Luís",
)
_FAMILY = (
    "Vandamme",
    "Øster",
    "Okonkwo",
    "Kowalska",
    "Papadopoulou",
    "al-Khatib",
    "Marković",
    "Park",
    "Duarte",
    "Weiß",
)
_PLACES = (
    "Institute of Field Medicine",
    "Harbour Biotech",
    "University of Leuvenburg",
    "Ministry of Health",
    "Northlab",
)
_ABSTRACT = (
    "<p>Laboratories that travel meet dust, vibration and an uncertain supply of power. We report what broke, what was "
    "mended with tape, and which of our protocols survived a winter of exercises in <em>three</em> countries.</p>"
    "<p>The talk closes with a list of parts, prices and <a href='https://example.org/parts'>suppliers</a>, and with "
    "the question of who may build such a thing: a question for lawyers, engineers and officers alike.</p>"
    "<ul><li>Detection in under an hour</li><li>Costs below a boot's</li></ul>"
)


def uuid_of(*words: object) -> uuid.UUID:
    """The same UUID for the same words."""
    return uuid.uuid5(uuid.NAMESPACE_URL, "/".join(str(word) for word in words))


def make_facts(
    zone: str = "Europe/Brussels", days: int = 2, starts_on: dt.date = dt.date(2027, 3, 8)
) -> ConferenceFacts:
    """The conference all these agendas belong to."""
    return ConferenceFacts(
        slug="biodefence-27",
        uuid=uuid_of("conference"),
        title={"en": "Biotechnology in Defence 2027", "fr": "Biotechnologie et défense 2027"},
        timezone=zone,
        starts_on=starts_on,
        ends_on=starts_on + dt.timedelta(days=days - 1),
        languages=("en", "fr"),
        tagline={"en": "Partners, industry and academia on what to build, and what not to"},
        city="Brussels",
        country="BE",
        contact="programme@biodefence.example",
    )


def make_rooms(rooms: int) -> tuple[Room, ...]:
    """That many rooms, in one venue that two hosts share."""
    venue = Venue("academy", {"en": "Royal Academy, Renaissance Wing"}, "Avenue 30", "Brussels", 50.843611, 4.395278)
    return tuple(
        Room(
            code=f"R{n + 1}",
            uuid=uuid_of("room", n),
            name={"en": "Auditorium" if not n else f"Lecture Room {n}"},
            venue=venue,
            host="academy" if n % 2 == 0 else "institute",
            capacity=400 if not n else 40 + 10 * n,
            floor=str(n // 4),
            is_step_free=n % 3 != 2,
            position=n,
        )
        for n in range(rooms)
    )


def make_agenda(
    sessions: int = 40,
    rooms: int = 6,
    zone: str = "Europe/Brussels",
    days: int = 2,
    starts_on: dt.date = dt.date(2027, 3, 8),
    cancelled: int = 0,
    tracks: int = len(_TRACKS),
    titles: Sequence[str] = (),
) -> Agenda:
    """An agenda of so many sessions, 40 minutes each, dealt over rooms and days from nine in the morning.

    The first session is a keynote and the fourth a panel with a chair; one a day is a coffee break in the whole venue.
    `titles` replace the first ones; the last `cancelled` entries are cancelled.
    """
    facts = make_facts(zone, days, starts_on)
    made_rooms = make_rooms(rooms)
    made_tracks = tuple(
        Track(f"t{n}", {"en": _TRACKS[n] if n < len(_TRACKS) else f"Track {n + 1}"}, n % 12 + 1) for n in range(tracks)
    )
    people = tuple(
        Person(
            code=f"P{n}",
            uuid=uuid_of("person", n),
            number=n + 1,
            name=f"{_GIVEN[n % len(_GIVEN)]} {_FAMILY[n // len(_GIVEN) % len(_FAMILY)]}"
            + (f" {n // 120 + 1}" if n >= len(_GIVEN) * len(_FAMILY) else ""),
            affiliation=_PLACES[n % len(_PLACES)],
        )
        for n in range(max(4, sessions * 3 // 4))
    )
    a_day = -(-sessions // days)
    entries = []
    for n in range(sessions):
        day, place = divmod(n, a_day)
        row, column = divmod(place, rooms)
        opens = dt.datetime.combine(starts_on + dt.timedelta(days=day), dt.time(9), ZoneInfo(zone))
        starts_at = opens.astimezone(dt.UTC) + dt.timedelta(minutes=45 * row)
        is_break = place == 2 * rooms
        kind = "break" if is_break else "keynote" if not n else "panel" if n == 3 else "talk"
        title = f"{_TOPICS[n % len(_TOPICS)]} {_ANGLES[n % len(_ANGLES)]}"
        if n >= 208:
            title += f", part {n // 208 + 1}"
        parts = tuple(Part(people[(n + 7 * more) % len(people)]) for more in range(1 + n % 2))
        if kind == "panel":
            chair = Part(people[1], "chair")
            parts = (chair, *(Part(people[more % len(people)], "panellist") for more in (5, 9, 14)))
        session = Session(
            code=f"S{n + 1}",
            uuid=uuid_of("session", n),
            number=n + 1,
            kind=kind,
            title={"en": titles[n] if n < len(titles) else "Coffee and posters" if is_break else title},
            subtitle={"en": "Opening keynote"} if not n else {},
            abstract={} if is_break else {"en": _ABSTRACT},
            language="en",
            track=None if is_break or not made_tracks else made_tracks[n % len(made_tracks)],
            parts=() if is_break else parts,
        )
        entries.append(
            Entry(
                uuid=uuid_of("slot", n),
                number=1000 + n,
                session=session,
                room=None if is_break else made_rooms[column],
                starts_at=starts_at,
                ends_at=starts_at + dt.timedelta(minutes=40),
                sequence=n % 3,
                changed_at=RELEASED_AT - dt.timedelta(days=n % 3),
                is_cancelled=n >= sessions - cancelled,
            )
        )
    return Agenda(
        conference=facts,
        release=7,
        released_at=RELEASED_AT,
        entries=in_reading_order(entries),
        hosts=(
            Host("academy", {"en": "Royal Military Academy", "fr": "École royale militaire"}, country="BE"),
            Host("institute", {"en": "Defence Institute for Life Sciences"}, country="NL"),
        ),
        rooms=made_rooms,
        tracks=made_tracks,
    )


_ODD = (
    *("Plain", "a, b; c\\n d\\N e", "two\nlines\r\nthree", "NUL\x00 and VT\x0b", "emoji 🧬👩🏽‍🔬", "שלום עולם"),
    *("مرحبا بالعالم", "Καλημέρα", "Доброе утро", "漢字" * 40, "C:\\New\\names", "BEGIN:VEVENT\r\nUID:x"),
    *("%(title)s 100 %", '"quoted": ^n ^^', "  spaces  ", "e\u0301" * 40, "\u2028\u2029\x85", "<b>no tag</b> &amp; co"),
)
_WORDS = st.text(st.characters(codec=None), max_size=60) | st.sampled_from(_ODD)


@st.composite
def entries(draw: st.DrawFn, n: int, facts: ConferenceFacts, rooms: Sequence[Room], tracks: Sequence[Track]) -> Entry:
    """An entry at any minute of the conference's days and the nights between, up to two days long."""
    noon = dt.datetime.combine(facts.starts_on, dt.time(12), dt.UTC)
    starts_at = noon + dt.timedelta(minutes=draw(st.integers(-1440, 2880)))
    words = st.fixed_dictionaries({}, optional={"en": _WORDS, "fr": _WORDS})
    people = draw(st.lists(st.tuples(_WORDS, _WORDS, st.sampled_from(["speaker", "panellist", "chair"])), max_size=3))
    session = Session(
        code=draw(st.text(st.sampled_from("ABCXYZ39-_é /?"), min_size=1, max_size=8)) + str(n),
        uuid=uuid_of("any session", n),
        number=n + 1,
        kind=draw(st.sampled_from(["keynote", "talk", "panel", "break", "other"])),
        title=draw(words),
        subtitle=draw(words),
        abstract=draw(words),
        track=draw(st.none() | st.sampled_from(tracks)),
        parts=tuple(
            Part(Person(f"P{n}-{m}", uuid_of("any person", n, m), 100 * n + m, name, affiliation), role)
            for m, (name, affiliation, role) in enumerate(people)
        ),
    )
    return Entry(
        uuid=uuid_of("any slot", n),
        number=n + 1,
        session=session,
        room=draw(st.none() | st.sampled_from(rooms)),
        starts_at=starts_at,
        ends_at=starts_at + dt.timedelta(minutes=draw(st.integers(0, 2880))),
        sequence=draw(st.integers(0, 9)),
        changed_at=draw(st.none() | st.just(RELEASED_AT)),
        is_cancelled=draw(st.booleans()),
    )


@st.composite
def agendas(draw: st.DrawFn, most: int = 4) -> Agenda:
    """Agendas with any words in them, in four zones, on ordinary days and on those when clocks change."""
    zone = draw(st.sampled_from(ZONES))
    day = draw(
        st.sampled_from([dt.date(2027, 3, 8), dt.date(2027, 3, 14), dt.date(2027, 3, 28), dt.date(2027, 10, 31)])
    )
    facts = replace(make_facts(zone, 2, day), title={"en": draw(_WORDS)}, city=draw(_WORDS))
    rooms = tuple(replace(room, name={"en": draw(_WORDS)}) for room in make_rooms(2))
    tracks = tuple(Track(f"t{n}", {"en": draw(_WORDS)}, n + 1) for n in range(2))
    made = [draw(entries(n, facts, rooms, tracks)) for n in range(draw(st.integers(0, most)))]
    return Agenda(
        conference=facts,
        release=draw(st.integers(1, 99)),
        released_at=RELEASED_AT,
        entries=in_reading_order(made),
        rooms=rooms,
        tracks=tracks,
        hosts=(Host("academy", {"en": draw(_WORDS)}),),
    )
