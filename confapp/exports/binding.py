"""One tagged PDF bound from parts that were laid out one after another: memory holds one part's layout, never all.

Each part comes as the objects of a PDF of its own. Its pages, tags (ISO 32000-1 section 14.7), named places and
bookmarks are hung into one file; everything else is taken over as it is, under other numbers.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import pydyf

ELSEWHERE = "confapp:#"
"""A link to a place that another part may hold is written href="confapp:#name"."""
_REFERENCE = re.compile(rb"(\d+) 0 R")


class _Finished(pydyf.Object):
    """An object whose bytes stand: pydyf's own are ten times as large in memory."""

    def __init__(self, made: pydyf.Object) -> None:
        super().__init__()
        self.number = made.number
        self._data: bytes = made.data
        self._is_compressible: bool = made.compressible

    @property
    def data(self) -> bytes:
        """What stands between `obj` and `endobj`."""
        return self._data

    @property
    def compressible(self) -> bool:
        """Whether it may lie in an object stream: a stream may not."""
        return self._is_compressible


@dataclass(frozen=True, slots=True)
class Leaves:
    """What a part gives to the whole, in its order: references of pages and elements, its bookmarks' outermost row."""

    catalog: pydyf.Dictionary
    info: pydyf.Dictionary
    pages: Sequence[bytes]
    places: Mapping[str, int]
    """On which of its pages, from 0, each named place is."""
    elements: Sequence[bytes]
    bookmarks: Sequence[pydyf.Dictionary]
    count: int
    """How many of its bookmarks are shown, inner ones included."""


class Binding:
    """Takes parts in any order (`take`) and binds them in the order wanted (`bound`)."""

    def __init__(self) -> None:
        self._pdf = pydyf.PDF()
        self._tags, self._document, self._parents, self._outlines = (pydyf.Dictionary() for _ in range(4))
        for made in (self._tags, self._document, self._parents, self._outlines):
            self._pdf.add_object(made)
        self._nums = pydyf.Array()
        self._places: list[tuple[str, pydyf.Array]] = []
        self._parts = 0
        self._keys = 0

    def take(self, part: pydyf.PDF) -> Leaves:
        """Take over the objects of a part, which is of no use afterwards."""
        self._parts += 1
        tags = _at(part, part.catalog.pop("StructTreeRoot"))
        document, parents = _at(part, tags["K"][0]), _at(part, tags["ParentTree"])
        outlines = _at(part, part.catalog.pop("Outlines")) if "Outlines" in part.catalog else None
        row = _row(part, outlines) if outlines is not None else []
        names = part.catalog.get("Names", {}).pop("Dests", {}).get("Names", [])
        shared = [(part.pages, self._pdf.pages), (document, self._document)]
        shared += [(outlines, self._outlines)] if outlines is not None else []
        left = {0, part.catalog.number, tags.number, parents.number, *(theirs.number for theirs, _ours in shared)}
        taken = [each for each in part.objects if each.number not in left]
        numbers = {theirs.number: ours.number for theirs, ours in shared}
        numbers |= {each.number: len(self._pdf.objects) + place for place, each in enumerate(taken)}

        walk = _Walk(numbers, keys=self._keys, mark=f"{self._parts}-")
        for each in (*taken, part.catalog, part.info, document["K"], parents["Nums"], names):
            walk.through(each)
        for each in taken:
            self._pdf.add_object(each)
        kept_open = {id(each) for each in row}
        for each in taken:
            if id(each) not in kept_open:
                self._pdf.objects[each.number] = _Finished(each)
        self._nums += [each + self._keys if n % 2 == 0 else each for n, each in enumerate(parents["Nums"])]
        self._keys += len(parents["Nums"]) // 2
        self._places += [(name.string, place) for name, place in zip(names[::2], names[1::2], strict=True)]
        pages = [b"%d 0 R" % numbers[page] for page in part.pages["Kids"][::3]]
        order = {page: place for place, page in enumerate(pages)}
        places = {name.string: order[place[0]] for name, place in zip(names[::2], names[1::2], strict=True)}
        count = outlines["Count"] if outlines is not None else 0
        return Leaves(part.catalog, part.info, pages, places, document["K"], row, count)

    def bound(self, parts: Sequence[Leaves], *, front: int = 0) -> bytes:
        """The file: parts in that order; the first one's title, language and attachments are the file's.

        Pages are labelled from 1 after the first `front` ones, which get small Roman numerals.
        """
        pdf, catalog, first = self._pdf, self._pdf.catalog, parts[0]
        catalog.update(first.catalog)
        pdf.info = first.info
        pages = [page for part in parts for page in part.pages]
        pdf.pages.update({"Kids": pydyf.Array(pages), "Count": len(pages)})
        elements = pydyf.Array([element for part in parts for element in part.elements])
        self._document.update({"Type": "/StructElem", "S": "/Document", "K": elements, "P": self._tags.reference})
        self._parents["Nums"] = self._nums
        roots = pydyf.Array([self._document.reference])
        self._tags.update({"Type": "/StructTreeRoot", "K": roots, "ParentTree": self._parents.reference})
        catalog["StructTreeRoot"] = self._tags.reference
        if self._places:
            named = [each for name, place in sorted(self._places) for each in (pydyf.String(name), place)]
            catalog.setdefault("Names", pydyf.Dictionary())["Dests"] = pydyf.Dictionary({"Names": pydyf.Array(named)})
        row = [each for part in parts for each in part.bookmarks]
        for one, other in pairwise(row):
            one["Next"], other["Prev"] = other.reference, one.reference
        if row:
            ends = {"First": row[0].reference, "Last": row[-1].reference}
            self._outlines.update(ends | {"Count": sum(part.count for part in parts)})
            catalog["Outlines"] = self._outlines.reference
        if front:
            roman, arabic = pydyf.Dictionary({"S": "/r"}), pydyf.Dictionary({"S": "/D"})
            catalog["PageLabels"] = pydyf.Dictionary({"Nums": pydyf.Array([0, roman, front, arabic])})
        made = io.BytesIO()
        pdf.write(made, b"1.7", None, compress=True)
        return made.getvalue()


class _Walk:
    """Goes through values once each: gives references their new numbers, links their places, marks what must differ."""

    def __init__(self, numbers: Mapping[int, int], *, keys: int, mark: str) -> None:
        self._numbers = numbers
        self._keys = keys
        self._mark = mark
        self._seen: set[int] = set()

    def through(self, value: object) -> None:
        """Change everything in a dictionary, an array or a stream's dictionary."""
        if id(value) in self._seen:
            return
        self._seen.add(id(value))
        if isinstance(value, pydyf.Stream):
            self.through(value.extra)
        elif isinstance(value, dict):
            self._special(value)
            for key, inner in value.items():
                value[key] = self._changed(inner)
        elif isinstance(value, list):
            value[:] = [self._changed(inner) for inner in value]

    def _changed(self, value: object) -> object:
        if isinstance(value, tuple):
            return tuple(self._changed(inner) for inner in value)
        if isinstance(value, (dict, list, pydyf.Stream)):
            self.through(value)
            return value
        if not isinstance(value, (bytes, str)):
            return value
        found = _REFERENCE.fullmatch(value if isinstance(value, bytes) else value.encode())
        return b"%d 0 R" % self._numbers[int(found[1])] if found else value

    def _special(self, value: dict[str, object]) -> None:
        for name in ("StructParent", "StructParents"):
            if isinstance(key := value.get(name), int):
                value[name] = key + self._keys
        identity = value.get("ID")
        if isinstance(identity, pydyf.String) and id(identity) not in self._seen:
            self._seen.add(id(identity))
            identity.string = self._mark + identity.string
        action = value.get("A")
        address = action.get("URI") if isinstance(action, dict) else None
        if isinstance(address, pydyf.String) and address.string.startswith(ELSEWHERE):
            del value["A"]
            value["Dest"] = value["Contents"] = pydyf.String(address.string.removeprefix(ELSEWHERE))


def _at(part: pydyf.PDF, reference: bytes) -> pydyf.Dictionary:
    return part.objects[int(reference.split()[0])]


def _row(part: pydyf.PDF, outlines: pydyf.Dictionary) -> list[pydyf.Dictionary]:
    """The bookmarks right under the root, in order."""
    row = [_at(part, outlines["First"])]
    while "Next" in row[-1]:
        row.append(_at(part, row[-1]["Next"]))
    return row
