"""Untrusted JSON into a tree: any encoding, bounded depth and numbers, faults named by line and column."""

from __future__ import annotations

import codecs
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from confapp.domain.cleaning import clean_line
from confapp.domain.errors import N_, Invalid
from confapp.imports.plan import Remarks

Tree = Any
Object = Mapping[str, Any]

MAX_DEPTH = 200
_DIGITS = 18
# UTF-32 before UTF-16: its little-endian mark begins with UTF-16's.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
WHOLE = N_("the whole file")


def text_of(data: bytes, remarks: Remarks) -> str:
    """Bytes as text: a byte order mark first, then UTF-8, UTF-16 without a mark, Windows-1252 with a remark.

    Raises Invalid, naming `file`, where none fits.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            try:
                return data[len(mark) :].decode(encoding)
            except UnicodeDecodeError as fault:
                message = N_("The file says that it is %(encoding)s, but byte %(position)d is not.",
                             encoding=encoding, position=fault.start + len(mark) + 1)  # fmt: skip
                raise Invalid({"file": [message]}) from None
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = None
    if text is not None and not _is_wide(data):
        return text
    if _is_wide(data):
        encoding = "utf-16-le" if data[1:2] == b"\x00" else "utf-16-be"
        return data.decode(encoding, "replace")
    remarks.warn(WHOLE, "file", N_("The file is not in UTF-8; it was read as Windows-1252."))
    return data.decode("windows-1252", "replace")


def _is_wide(data: bytes) -> bool:
    """Whether every other byte at the start is zero, as UTF-16 writes Latin letters."""
    head = data[:64]
    halves = (head[::2], head[1::2])
    return len(head) > 3 and any(half.count(0) == len(half) for half in halves) and any(any(half) for half in halves)


def parse_json(text: str, remarks: Remarks) -> Tree:
    """The tree of a JSON text. NaN and Infinity become null, numbers too long to be any stay words.

    Raises Invalid, naming `file` with line and column.
    """
    odd: list[str] = []

    def constant(name: str) -> None:
        odd.append(name)

    def whole(digits: str) -> int | str:
        return int(digits) if len(digits) <= _DIGITS else digits

    def real(digits: str) -> float | None:
        value = float(digits[:400])
        return value if abs(value) < sys.float_info.max else None

    try:
        tree = json.loads(text, strict=False, parse_constant=constant, parse_int=whole, parse_float=real)
    except json.JSONDecodeError as fault:
        message = N_("This is not JSON: %(reason)s (line %(line)d, column %(column)d).",
                     reason=fault.msg, line=fault.lineno, column=fault.colno)  # fmt: skip
        raise Invalid({"file": [message]}) from None
    except RecursionError:
        raise Invalid({"file": [N_("This JSON is nested too deeply.")]}) from None
    if odd:
        remarks.warn(WHOLE, "file", N_("%(name)s is no JSON; it was read as null.", name=odd[0]), str(len(odd)))
    _check_depth(tree)
    return tree


def _check_depth(tree: Tree) -> None:
    """Raise Invalid for a tree that is deeper than any programme: what walks it later may recurse."""
    level = [tree]
    for _ in range(MAX_DEPTH):
        level = [
            each
            for node in level
            if isinstance(node, list | dict)
            for each in (node.values() if isinstance(node, dict) else node)
            if isinstance(each, list | dict)
        ]
        if not level:
            return
    raise Invalid({"file": [N_("This JSON is nested too deeply.")]})


def at(tree: Tree, *names: str) -> Object:
    """The object under these names; an empty one where there is none."""
    for name in names:
        tree = tree.get(name) if isinstance(tree, Mapping) else None
    return tree if isinstance(tree, Mapping) else {}


def rows(tree: Tree, name: str) -> list[tuple[str, Tree]]:
    """The things in the list (or the values of the object) of that name, each with its path."""
    held = tree.get(name) if isinstance(tree, Mapping) else None
    if isinstance(held, Mapping):
        return [(f"{name}.{inner}", each) for inner, each in held.items()]
    return [(f"{name}[{number}]", each) for number, each in enumerate(listed(held))]


def listed(value: Any) -> Sequence[Any]:
    """A list as it is, null as none, anything else as its only member."""
    if value is None:
        return ()
    return value if isinstance(value, list) else (value,)


def objects(tree: Tree, path: str = "") -> Iterator[tuple[str, Object]]:
    """Every object in a tree with its path, outer ones first; the caller's depth is bounded by `parse_json`."""
    if isinstance(tree, Mapping):
        yield path, tree
        for name, each in tree.items():
            yield from objects(each, f"{path}.{name}" if path else str(name))
    elif isinstance(tree, list):
        for number, each in enumerate(tree):
            yield from objects(each, f"{path}[{number}]")


def first(held: Object, *names: str) -> Any:
    """The first of these values that says something; hyphens and underscores in names are alike."""
    for name in names:
        for spelt in (name, name.replace("_", "-")):
            value = held.get(spelt)
            if value not in (None, "", [], {}):
                return value
    return None


def number_of(value: Any) -> int | None:
    """A whole number from 0 to a billion, which may be written as words; None for anything else."""
    if isinstance(value, str) and value.strip().isdecimal() and len(value.strip()) < 10:
        value = int(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**9 else None


def words(value: Any) -> str:
    """Any JSON value as words: a number's digits, the first text of an object or list, '' for null."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or value is None:
        return ""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else str(value)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Mapping):
        return next((found for name in ("name", "title", "en") if (found := words(value.get(name)))), "") or next(
            (found for each in value.values() if isinstance(each, str) and (found := each)), ""
        )
    return ", ".join(filter(None, map(words, value))) if isinstance(value, Sequence) else ""


def line(value: Any) -> str:
    """Any JSON value as one clean line."""
    return clean_line(words(value))


def where_of(path: str, *names: Any) -> str:
    """What people are told of a place in a file: the path, and a name if there is one."""
    name = next((found for each in names if (found := line(each))), "")[:80]
    return N_("%(path)s (%(name)s)", path=path, name=name) if name else N_("%(path)s", path=path)
