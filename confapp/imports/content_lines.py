"""iCalendar's content lines (RFC 5545 section 3.1) into components; what cannot be read is told by its line."""

from __future__ import annotations

import quopri
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from confapp.domain.errors import N_, Invalid
from confapp.imports.plan import Remarks

MAX_DEPTH = 20
_NAME = re.compile(r"\s*([A-Za-z0-9-]+(?:\s*-\s*[A-Za-z0-9-]+)*)\s*(?=[;:])")
_PARAMETER = re.compile(r"\s*;\s*(?:([A-Za-z0-9-]+)\s*=\s*((?:\"[^\"]*\"|[^\";:,])*(?:,(?:\"[^\"]*\"|[^\";:,])*)*))?")
_FOLD_INSIDE = re.compile(rb"([\xc2-\xf4][\x80-\xbf]{0,2})(\r?\n[ \t])([\x80-\xbf]{1,3})")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


@dataclass(frozen=True)
class Property:
    """One property; `value` is as written, with its escapes."""

    name: str
    value: str
    parameters: Mapping[str, str]
    line: int

    @property
    def text(self) -> str:
        """The value as TEXT (section 3.3.11)."""
        return _ESCAPED.sub(lambda found: "\n" if found[1] in "nN" else found[1], self.value)

    @property
    def texts(self) -> list[str]:
        """The value as a list of TEXT, parted by commas that are not escaped."""
        parts = re.findall(r"(?:\\.|[^,\\])+", self.value, re.DOTALL)
        return [_ESCAPED.sub(lambda found: "\n" if found[1] in "nN" else found[1], part) for part in parts]


@dataclass
class Component:
    """BEGIN to END, with what lies between."""

    name: str
    line: int
    properties: list[Property] = field(default_factory=list)
    inner: list[Component] = field(default_factory=list)

    def all(self, *names: str) -> list[Property]:
        """The properties with one of these names, in order."""
        return [each for each in self.properties if each.name in names]

    def one(self, *names: str) -> Property | None:
        """The first of them that has a value."""
        return next((each for each in self.all(*names) if each.value.strip()), None)

    def text(self, *names: str) -> str:
        """The first one's text, '' for none."""
        found = self.one(*names)
        return found.text if found else ""


def whole_characters(data: bytes) -> bytes:
    """The file with no fold inside a UTF-8 character, where section 3.1 lets it be: the fold comes after it."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data
    return _FOLD_INSIDE.sub(rb"\1\3\2", data)


def parse(text: str, remarks: Remarks) -> list[Component]:
    """The outermost components. Raises Invalid, naming `file` with the line, where BEGIN and END make no sense."""
    top = Component("", 0)
    open_ones = [top]
    for number, line in _unfolded(text):
        found = _property(line, number)
        if found is None:
            message = N_("This line is no property of a calendar; it was passed over.")
            remarks.quirk(N_("line %(line)d", line=number), "line", message, line)
        elif found.name == "BEGIN":
            if len(open_ones) > MAX_DEPTH:
                raise Invalid({"file": [N_("The calendar is nested too deeply (line %(line)d).", line=number)]})
            made = Component(found.value.strip().upper(), number)
            open_ones[-1].inner.append(made)
            open_ones.append(made)
        elif found.name == "END":
            name = found.value.strip().upper()
            if name not in (each.name for each in open_ones[1:]):
                message = N_("This END has no BEGIN; it was passed over.")
                remarks.warn(N_("line %(line)d", line=number), "END", message, name)
                continue
            while open_ones.pop().name != name:
                remarks.warn(N_("line %(line)d", line=number), "END", N_("A component before this has no END."), name)
        else:
            open_ones[-1].properties.append(found)
    if len(open_ones) > 1:
        unclosed = open_ones[-1]
        message = N_("The file ends before this component does: it may be cut off.")
        remarks.warn(N_("line %(line)d", line=unclosed.line), "END", message, unclosed.name)
    return top.inner


def _unfolded(text: str) -> Iterator[tuple[int, str]]:
    """Lines with their numbers, folded ones joined; blank lines fold too, as some old software writes them."""
    held, began = "", 0
    for number, line in enumerate(re.split(r"\r\n|\n|\r", text), start=1):
        if line[:1] in (" ", "\t") and began:
            held += line[1:]
        elif line.strip():
            if held.strip():
                yield began, held
            held, began = line, number
    if held.strip():
        yield began, held


def _property(line: str, number: int) -> Property | None:
    name = _NAME.match(line)
    if name is None:
        return None
    place = name.end()
    parameters: dict[str, str] = {}
    while parameter := _PARAMETER.match(line, place):
        place = parameter.end()
        if parameter[1]:
            parameters[parameter[1].upper()] = parameter[2].strip().strip('"')
    if line[place : place + 1] != ":":
        colon = line.find(":", place)
        if colon < 0:
            return None
        place = colon
    value = line[place + 1 :]
    if parameters.get("ENCODING", "").upper() == "QUOTED-PRINTABLE":  # vCalendar 1.0, as old phones write it
        value = quopri.decodestring(value.encode()).decode(errors="replace").replace("\r\n", "\\n")
    return Property(re.sub(r"\s", "", name[1]).upper(), value, parameters, number)
