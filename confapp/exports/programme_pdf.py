"""The programme to print: a booklet with a chapter for each day, and each day as a grid on a sheet of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, zip_longest

from confapp.domain.agenda import Agenda, Person, Session, Venue
from confapp.domain.errors import N_
from confapp.domain.papers import PAPERS
from confapp.domain.texts import collate
from confapp.exports.binding import Leaves
from confapp.exports.grids import Label, Sheet, sheets
from confapp.exports.ical import calendar
from confapp.exports.pdf import Day, Row, context_of, days_of
from confapp.exports.printing import Volume, attachment
from confapp.exports.prose import line
from confapp.exports.wording import Translate, Voice, part_of

PICTURE = "picture:"
"""How templates name a picture: this and its SHA-256."""
MARGINS, HEADING = (32.0, 36.0), 25.0
"""What base.css leaves free of a page's width and height, and what agenda.css takes for a day's name, in mm."""
GRID_MARGINS, GRID_HEADING = (20.0, 21.0), 15.0
"""The same in grid.css."""
LONG = 20
"""Pages of a day whose hours stand in the contents too: nobody leafs through more."""
MOST = 200
"""Sessions of a day that are laid out at once: their boxes take about a megabyte for every two."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the contents: what is where."""

    title: str
    name: str
    page: int
    hours: tuple[Line, ...] = ()
    """Of a long day: where its hours begin."""


@dataclass(frozen=True, slots=True)
class Chapter:
    """A day, or what is left of one too long to be laid out at once: then without the sheets of its grid."""

    day: Day
    sheets: Sequence[Sheet]
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True)
class Indexed:
    """A person in the index, with the sessions to look up."""

    person: Person
    sessions: tuple[Session, ...]


def agenda_pdf(
    agenda: Agenda,
    *,
    base_url: str,
    language: str,
    paper: str = "A4",
    translate: Translate = str,
    pictures: Mapping[str, bytes] | None = None,
) -> bytes:
    """The programme: cover, contents, for each day its grid and its sessions, an index of people, plans of venues.

    `pictures` are logos and plans by their SHA-256; what is not among them is not shown.

    `paper` is one of `papers.PAPERS`. Seconds of work at a thousand sessions: for the worker. It is laid out in parts
    of `MOST` sessions, so that memory never holds all. Raises as `printing.Volume` does.
    """
    voice = Voice(agenda.conference, language, translate)
    drawn = {f"{PICTURE}{sha256}": body for sha256, body in (pictures or {}).items()}
    context = {**context_of(agenda, voice, base_url), "drawn": drawn, "picture": PICTURE}
    volume = Volume(styles=("agenda.css",), paper=paper, context=context, pictures=drawn)
    days = days_of(agenda, voice)
    told = [session for session in agenda.sessions.values() if _is_told(session)]
    told_codes = {session.code for session in told}
    numbers = _numbers(days, told)
    rows_of = _rows_by_session(days)
    width, height = (side - margin for side, margin in zip(PAPERS[paper], MARGINS, strict=True))
    chapters = []
    hours: dict[str, list[tuple[str, list[Row]]]] = {}
    for day in days:
        grid = sheets(agenda, day.date, voice, width=width, height=height - HEADING, labels=_labels(day.rows, numbers))
        rows = [row for row in day.rows if row.entry.session.code in told_codes and _is_first(row, agenda)]
        hours[f"day-{day.number}"] = _hours(rows)
        chapters += [Chapter(day, () if n else grid, some) for n, some in enumerate(_chunks(rows) or [[]])]
    index = _index(agenda)
    titles = {f"day-{day.number}": day.title for day in days}
    plans = [venue for venue in _venues(agenda) if f"{PICTURE}{venue.plan}" in drawn]
    titles |= {"people": voice(N_("Speakers and chairs"))} if index else {}
    titles |= {f"plan-{venue.slug}": voice.words(venue.name) or venue.slug for venue in plans}

    parts: list[Leaves] = []
    page_of: dict[str, int] = {}
    pages = 0
    batches = _batches(chapters)
    if len(agenda.people) > MOST:
        batches.append([])
    for n, batch in enumerate(batches, 1):
        part = volume.add(
            "chapters.html",
            first_page=pages + 1,
            chapters=[(chapter.day, chapter.sheets, _hours(chapter.rows)) for chapter in batch],
            index=index if n == len(batches) else [],
            plans=plans if n == len(batches) else [],
            told=told_codes,
            numbers=numbers,
            rows_of=rows_of,
        )
        page_of |= {name: pages + place + 1 for name, place in part.places.items()}
        parts.append(part)
        pages += len(part.pages)
    feed = calendar(agenda, base_url=base_url, language=language, translate=translate)
    front = volume.add(
        "front.html",
        contents=_contents(titles, hours, page_of, pages),
        part=part_of(agenda, voice),
        attachments=[attachment(feed, "agenda.ics", voice(N_("These sessions as a calendar")), agenda.released_at)],
    )
    return volume.bound([front, *parts], front=len(front.pages))


def grid_pdf(agenda: Agenda, *, base_url: str, language: str, paper: str = "A4", translate: Translate = str) -> bytes:
    """Each day on one sheet of paper across, or on as few as its rooms need. Arguments and errors as `agenda_pdf`'s."""
    voice = Voice(agenda.conference, language, translate)
    height, width = (side - margin for side, margin in zip(PAPERS[paper], reversed(GRID_MARGINS), strict=True))
    days = [
        (
            day,
            sheets(
                agenda,
                day.date,
                voice,
                width=width,
                height=height - GRID_HEADING,
                labels=_labels(day.rows, {}),
            ),
        )
        for day in days_of(agenda, voice)
    ]
    volume = Volume(
        styles=("agenda.css", "grid.css"), paper=paper, is_landscape=True, context=context_of(agenda, voice, base_url)
    )
    return volume.bound([volume.add("grid.html", days=days, part=part_of(agenda, voice))])


def _contents(
    titles: Mapping[str, str],
    hours: Mapping[str, Sequence[tuple[str, Sequence[Row]]]],
    page_of: Mapping[str, int],
    pages: int,
) -> list[Line]:
    """What is where."""
    heads = [Line(title, name, page_of[name]) for name, title in titles.items() if name in page_of]
    made = []
    for head, after in zip_longest(heads, heads[1:]):
        is_long = (after.page if after else pages + 1) - head.page > LONG
        firsts = [(hour, f"s{rows[0].entry.session.number}") for hour, rows in hours.get(head.name, []) if is_long]
        made.append(replace(head, hours=tuple(Line(hour, name, page_of[name]) for hour, name in firsts)))
    return made


def _is_told(session: Session) -> bool:
    """Whether there is more to say about it than fits into a grid: not of a coffee break."""
    has_text = any(text for texts in (session.abstract, session.description) for text in texts.values())
    return has_text or bool(session.parts) or session.kind not in ("break", "social")


def _chunks(rows: Sequence[Row]) -> list[Sequence[Row]]:
    """The rows of a day in equal parts of at most about `MOST`, cut where something begins."""
    chunks: list[list[Row]] = []
    fair = len(rows) / max(1, -(-len(rows) // MOST))
    for row in rows:
        if not chunks or (len(chunks[-1]) >= fair and row.is_first):
            chunks.append([])
        chunks[-1].append(row)
    return list(chunks)


def _batches(chapters: Sequence[Chapter]) -> list[list[Chapter]]:
    """Chapters to lay out together: every part has its price, so that short days share one."""
    batches: list[list[Chapter]] = [[]]
    for chapter in chapters:
        if batches[-1] and sum(len(each.rows) for each in (*batches[-1], chapter)) > MOST:
            batches.append([])
        batches[-1].append(chapter)
    return [batch for batch in batches if batch]


def _is_first(row: Row, agenda: Agenda) -> bool:
    """Whether the row is the first time its session takes place."""
    return agenda.of(row.entry.session)[0] is row.entry


def _hours(rows: Sequence[Row]) -> list[tuple[str, list[Row]]]:
    """Rows in order under the full hours in which they begin: bookmarks in hundreds help nobody."""
    return [(f"{hour}:00", list(begun)) for hour, begun in groupby(rows, key=lambda row: row.starts[:2])]


def _labels(rows: Sequence[Row], numbers: Mapping[str, int]) -> dict[int, Label]:
    """What stands over the blocks of a grid: the time, and the number under which more is said."""
    labels = {}
    for row in rows:
        number = numbers.get(row.entry.session.code)
        more = f" #{number}" if number else ""
        labels[row.entry.number] = (f"{row.starts}–{row.ends}{more}", f"{row.starts}{more}")
    return labels


def _numbers(days: Sequence[Day], told: Sequence[Session]) -> Mapping[str, int]:
    """The number of each session that is told of, by its code: pages would be known too late for the grids."""
    codes = {session.code for session in told}
    order = dict.fromkeys(row.entry.session.code for day in days for row in day.rows if row.entry.session.code in codes)
    return {code: number for number, code in enumerate(order, 1)}


def _rows_by_session(days: Sequence[Day]) -> Mapping[str, list[tuple[Day, Row]]]:
    """Every time and place of each session, by its code."""
    found: dict[str, list[tuple[Day, Row]]] = {}
    for day in days:
        for row in day.rows:
            found.setdefault(row.entry.session.code, []).append((day, row))
    return found


def _venues(agenda: Agenda) -> list[Venue]:
    """The venues of its rooms, in the order of the rooms."""
    return list({room.venue.slug: room.venue for room in agenda.rooms if room.venue is not None}.values())


def _index(agenda: Agenda) -> list[tuple[str, list[Indexed]]]:
    """Everybody with a part, in the order of their names, under first letters."""
    of: dict[str, list[Session]] = {}
    for session in agenda.sessions.values():
        for code in dict.fromkeys(person.code for person in session.people()):
            of.setdefault(code, []).append(session)
    people = sorted(agenda.people.values(), key=lambda person: (collate(line(person.name)), person.number))
    indexed = [Indexed(person, tuple(of[person.code])) for person in people]
    return [
        (letter, list(group))
        for letter, group in groupby(indexed, key=lambda each: collate(line(each.person.name))[0][:1].upper())
    ]
