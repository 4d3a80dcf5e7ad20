"""Untrusted XML into a tree: no entities, no network, bounded depth and length, faults named by line and column."""

from __future__ import annotations

import html.entities
import re

from lxml import etree

from confapp.domain.errors import N_, Invalid
from confapp.imports.plan import Remarks
from confapp.imports.trees import WHOLE

Element = etree._Element

_XML_ENTITIES = (b"amp", b"lt", b"gt", b"quot", b"apos")
_NAMED_ENTITY = re.compile(rb"&([A-Za-z][A-Za-z0-9]{1,31});")
_CONTROL = re.compile(
    rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|&#(?:0*(?:[0-8]|1[124-9]|2[0-9]|3[01])|x0*(?:[0-8bcefBCEF]|1[0-9a-fA-F]));"
)
_LATE_DECLARATION = re.compile(rb"\A(\s+)(<\?xml\s[^<>]*\?>)")
_DECLARATION = re.compile(rb"\A<\?xml\s[^<>]*\?>")
_BARE_AMPERSAND = re.compile(
    rb"(<!\[CDATA\[.*?\]\]>)|&(?!#[0-9]{1,7};|#x[0-9A-Fa-f]{1,6};|[A-Za-z][A-Za-z0-9]{1,31};)", re.DOTALL
)
_UTF16 = (b"\xff\xfe", b"\xfe\xff", b"<\x00", b"\x00<")


def parse_xml(data: bytes, root_name: str, format_name: str, remarks: Remarks) -> Element:
    """The root element of `data` without namespaces.

    Repairs what other readers pass over: blanks before the declaration, HTML's named entities, control characters, and
    (with a remark) ampersands that nobody escaped and Windows-1252 that calls itself UTF-8.
    Raises Invalid naming `file`, with line and column, for what is not well-formed, declares entities, or has another
    root than `root_name`, with which `format_name` starts.
    """
    if not data.strip():
        raise Invalid({"file": [N_("The file is empty.")]})
    if not data.startswith(_UTF16):
        # Blanks go behind the declaration, which must come first, so that lines keep their numbers.
        data = _LATE_DECLARATION.sub(rb"\2\1", data.removeprefix(b"\xef\xbb\xbf"), count=1)
        data, taken_out = _CONTROL.subn(b"", data)
        data = _NAMED_ENTITY.sub(_by_number, data)
        if taken_out:
            remarks.warn(WHOLE, "file", N_("Forbidden control characters were taken out."), str(taken_out))
    try:
        root = _root_of(data)
    except Invalid as fault:
        repaired = _repaired(data)
        if repaired is None:
            raise
        try:
            root = _root_of(repaired[0])
        except Invalid:
            raise fault from None
        for message in repaired[1]:
            remarks.warn(WHOLE, "file", message)
    for element in root.iter(etree.Element):
        name = str(element.tag)
        if name.startswith("{"):
            element.tag = name.rpartition("}")[2]
    if root.tag != root_name:
        message = N_(
            "The file starts with <%(found)s>, line %(line)d; %(format)s starts with <%(root)s>.",
            found=str(root.tag)[:80],
            line=line_of(root),
            format=format_name,
            root=root_name,
        )
        raise Invalid({"file": [message]})
    return root


def _repaired(data: bytes) -> tuple[bytes, list[str]] | None:
    """What can still be meant by bytes that are no XML, and what was done to them; None for nothing."""
    if data.startswith(_UTF16):
        return None
    done: list[str] = []
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        bare = _DECLARATION.sub(b"", data, count=1)
        data = bare.decode("windows-1252", "replace").encode()
        done.append(N_("The file is not in the encoding that it states; it was read as Windows-1252."))
    data, bare_ones = _BARE_AMPERSAND.subn(lambda found: found[1] or b"&amp;", data)
    if bare_ones and data.count(b"&amp;"):
        done.append(N_("Ampersands were not escaped; they were read as themselves."))
    return (data, done) if done else None


def _root_of(data: bytes) -> Element:
    """The root of what is well-formed and declares no entities. Raises Invalid."""
    # A parser of its own for each file: parsers keep the names of elements they have met.
    parser = etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as fault:
        raise _not_well_formed(fault) from None
    except (ValueError, LookupError) as fault:
        raise Invalid({"file": [N_("This is not XML that can be read: %(reason)s.", reason=str(fault))]}) from None
    dtd = root.getroottree().docinfo.internalDTD
    if (dtd is not None and any(True for _ in dtd.iterentities())) or any(True for _ in root.iter(etree.Entity)):
        raise Invalid({"file": [N_("The file declares or uses XML entities of its own, which are not read.")]})
    return root


def line_of(element: Element) -> int:
    """The line on which the element starts."""
    return element.sourceline or 0


def children_by_name(element: Element) -> dict[str, Element]:
    """Child elements by name; of several, the first that holds something."""
    found: dict[str, Element] = {}
    for child in element:
        name = str(child.tag)
        if name not in found or not (len(found[name]) or (found[name].text or "").strip()):
            found[name] = child
    return found


def inner_markup(element: Element) -> str:
    """What is inside the element: its text, with child elements written as HTML."""
    if not len(element):
        return element.text or ""
    children = (etree.tostring(child, encoding="unicode", method="html") for child in element)
    return html.escape(element.text or "", quote=False) + "".join(children)


def words_in(element: Element | None) -> str:
    """All text inside the element, '' for none."""
    if element is None:
        return ""
    return "".join(str(part) for part in element.itertext()) if len(element) else element.text or ""


def _by_number(found: re.Match[bytes]) -> bytes:
    """HTML's '&nbsp;' as XML's '&#160;'; names that HTML does not know are left for the parser to refuse."""
    letters = html.entities.html5.get(found[1].decode() + ";") if found[1] not in _XML_ENTITIES else None
    return found[0] if letters is None else "".join(f"&#{ord(letter)};" for letter in letters).encode()


def _not_well_formed(fault: etree.XMLSyntaxError) -> Invalid:
    line, column = fault.position
    reason = re.sub(r",? ?line \d+, column \d+(?: \(.*\))?$", "", fault.msg or "")
    return Invalid(
        {
            "file": [
                N_(
                    "This is not well-formed XML: %(reason)s (line %(line)d, column %(column)d).",
                    reason=reason,
                    line=line or 0,
                    column=column or 0,
                )
            ]
        }
    )
