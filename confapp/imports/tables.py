"""Tables (CSV with any usual separator): rows by headings, which are recognised in several languages."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from confapp.domain.cleaning import clean_line
from confapp.domain.errors import N_, Invalid
from confapp.imports.composing import MAX_NAME
from confapp.imports.plan import MAX_SESSIONS

FIELDS: Mapping[str, str] = {
    "title": "title|proposal title|session title|talk title|presentation title|session name|session|talk|event|subject|"
    "summary|name|titel|titre|titulo|titolo|thema",
    "id": "id|session id|talk id|proposal id|event id|no|number|nr|uid",
    "guid": "guid|uuid",
    "code": "code|session code|proposal code",
    "subtitle": "subtitle|sub title|untertitel|sous titre",
    "abstract": "abstract|short abstract|summary text|teaser|elevator pitch|kurzbeschreibung|resume",
    "description": "description|long abstract|long description|details|text|beschreibung|descripcion|descrizione",
    "type": "type|session type|talk type|format|session format|kind|typ|art|submission type|category",
    "state": "state|status|decision",
    "language": "language|session language|lang|locale|sprache|langue|idioma|lingua",
    "track": "track|stream|theme|strand|track name|spur|filiere",
    "room": "room|location|venue|room name|hall|place|stage|raum|saal|salle|sala|ort|lieu|zaal|lugar|luogo",
    "speakers": "speakers|speaker|speaker names|speaker name|presenter|presenters|author|authors|persons|people|"
    "referent|referenten|referentin|vortragende|intervenant|intervenants|intervenant e s|orateurs|ponente|ponentes|"
    "relatore|relatori|spreker|sprekers",
    "chairs": "chairs|chair|moderator|moderators|session chair|moderation",
    "date": "date|day|start date|session date|datum|tag|jour|fecha|data",
    "start": "start|start time|starts|starts at|from|time|begin|begins|beginn|uhrzeit|start datetime|"
    "debut|heure|heure de debut|hora|hora de inicio|inicio|inizio|ora|aanvang|begintijd|startzeit|scheduled at|dtstart",
    "end": "end|end time|ends|ends at|to|until|finish|ende|endzeit|fin|heure de fin|fine|eind|eindtijd|"
    "end datetime|dtend",
    "duration": "duration|length|minutes|duration minutes|duration min|dauer|duree|duracion|durata",
    "url": "url|link|web page|webpage|website|permalink",
    "slides": "slides|slides url|presentation",
}
"""Fields of a session, and the headings that mean them."""
PEOPLE: Mapping[str, str] = {
    "name": "name|full name|speaker name|speaker|display name",
    "first": "first name|firstname|given name|vorname|prenom",
    "last": "last name|lastname|surname|family name|nachname|nom",
    "id": "id|speaker id|code|uuid",
    "biography": "biography|bio|about|speaker bio|biografie|biographie",
    "affiliation": "company|your company|affiliation|organisation|organization|employer|institution|firma",
    "position": "job title|your job title|position|role|tag line|tagline",
    "email": "email|e mail|mail|email address",
    "country": "country|nation|land|pays",
}
_SEPARATORS = ",;\t|"
_ENOUGH_COLUMNS = 2
_GUARD = "=+-@\t\r'"
"""What a spreadsheet takes for a formula, and the apostrophe that keeps it from doing so."""


@dataclass(frozen=True)
class Table:
    """A table's headings, and its rows with the line each starts on. Blank headings are numbered."""

    name: str
    headings: tuple[str, ...]
    rows: tuple[tuple[int, Mapping[str, str]], ...]

    def columns(self, meanings: Mapping[str, str]) -> dict[str, str]:
        """Which heading means which field, as far as headings tell."""
        found: dict[str, str] = {}
        spelt = {_spelling(heading): heading for heading in reversed(self.headings)}
        for field, names in meanings.items():
            heading = next((spelt[name] for name in names.split("|") if name in spelt), None)
            if heading is not None and heading not in found.values():
                found[field] = heading
        return found


def _spelling(heading: str) -> str:
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", heading)
    spaced = "".join(each for each in unicodedata.normalize("NFKD", spaced) if not unicodedata.combining(each))
    return " ".join(re.sub(r"\([^)]*\)|[^\w]+|_", " ", spaced).casefold().split())


def read_table(text: str, name: str) -> Table:
    """The table in a text. Raises Invalid, naming `file`, for what is none."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    if match := re.fullmatch(r"sep=(.)", first.strip()):
        separator, text = match[1], text.split(first, 1)[1].lstrip("\r\n")
    else:
        separator = max(_SEPARATORS, key=lambda each: len(next(csv.reader([first], delimiter=each), [])))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    headings: tuple[str, ...] = ()
    rows: list[tuple[int, Mapping[str, str]]] = []
    began = 1
    try:
        for cells in reader:
            line, began = began, reader.line_num + 1
            if not any(cell.strip() for cell in cells):
                continue
            if not headings:
                headings = _headings(cells)
                continue
            if len(rows) >= MAX_SESSIONS:
                raise Invalid({"file": [N_("The file has more than %(limit)d rows.", limit=MAX_SESSIONS)]})
            rows.append((line, dict(zip(headings, map(_unguarded, cells), strict=False))))
    except csv.Error as fault:
        message = N_("%(name)s is no table that can be read: %(reason)s (line %(line)d).",
                     name=name, reason=str(fault), line=reader.line_num)  # fmt: skip
        raise Invalid({"file": [message]}) from None
    return Table(name, headings, tuple(rows))


def _headings(cells: Sequence[str]) -> tuple[str, ...]:
    found: list[str] = []
    for number, cell in enumerate(cells, start=1):
        heading = clean_line(cell)[:MAX_NAME] or f"({number})"
        found.append(heading if heading not in found else f"{heading} ({number})")
    return tuple(found)


def _unguarded(cell: str) -> str:
    """A cell without the apostrophe that our own export puts before what spreadsheets take for formulas."""
    return cell[1:] if len(cell) > 1 and cell[0] == "'" and cell[1] in _GUARD else cell


def is_of_people(table: Table) -> bool:
    """Whether the rows are speakers: people's own columns, and no time."""
    people, sessions = table.columns(PEOPLE), table.columns(FIELDS)
    own = {"biography", "affiliation", "position", "email", "first", "last"} & people.keys()
    return bool(own) and ("name" in people or "first" in people) and not {"start", "date", "room"} & sessions.keys()


def is_of_sessions(table: Table) -> bool:
    """Whether the headings name at least a title and something else."""
    found = table.columns(FIELDS)
    return len(table.headings) >= _ENOUGH_COLUMNS and "title" in found and len(found) >= _ENOUGH_COLUMNS
