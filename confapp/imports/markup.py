"""Untrusted XML into a tree: no entities, no network, bounded depth and length, faults named by line and column."""

from __future__ import annotations

import html.entities
import re

from lxml import etree

from confapp.domain.errors import N_, Invalid

Element = etree._Element

_XML_ENTITIES = (b"amp", b"lt", b"gt", b"quot", b"apos")
_NAMED_ENTITY = re.compile(rb"&([A-Za-z][A-Za-z0-9]{1,31});")
_CONTROL = re.compile(
    rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|&#(?:0*(?:[0-8]|1[124-9]|2[0-9]|3[01])|x0*(?:[0-8bcefBCEF]|1[0-9a-fA-F]));"
)
_LATE_DECLARATION = re.compile(rb"\A(\s+)(<\?xml\s[^<>]*\?>)")
_UTF16 = (b"\xff\xfe", b"\xfe\xff", b"<\x00", b"\x00<")


def parse_xml(data: bytes, root_name: str, format_name: str) -> tuple[Element, int]:
    """The root element of `data` without namespaces, and how many forbidden control characters were taken out.

    Repairs what other readers pass over: blanks before the declaration, HTML's named entities, control characters.
    Raises Invalid naming `file`, with line and column, for what is not well-formed, declares entities, or has another
    root than `root_name`, with which `format_name` starts.
    """
    if not data.strip():
        raise Invalid({"file": [N_("The file is empty.")]})
    taken_out = 0
    if not data.startswith(_UTF16):
        # Blanks go behind the declaration, which must come first, so that lines keep their numbers.
        data = _LATE_DECLARATION.sub(rb"\2\1", data.removeprefix(b"\xef\xbb\xbf"), count=1)
        data, taken_out = _CONTROL.subn(b"", data)
        data = _NAMED_ENTITY.sub(_by_number, data)
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
    return root, taken_out


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
