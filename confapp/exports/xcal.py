"""The agenda as xCal (RFC 6321): the calendar in XML, made of its jCal (RFC 7265), so that all say the same."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any

import icalendar
from lxml import etree

from confapp.exports.prose import lines

NAMESPACE = "urn:ietf:params:xml:ns:icalendar-2.0"
_PAIRS = {"geo": ("latitude", "longitude")}
_PARAMETER_TYPES = {"altrep": "uri", "dir": "uri", "cutype": "text"}
_ADDRESSES = {"delegated-from", "delegated-to", "member", "sent-by"}

Element = etree._Element


def xcal(calendar: bytes) -> bytes:
    """A calendar (iCalendar bytes) as xCal, UTF-8."""
    root = etree.Element(f"{{{NAMESPACE}}}icalendar", nsmap={None: NAMESPACE})
    _component(root, icalendar.Calendar.from_ical(calendar).to_jcal())
    etree.indent(root)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True) + b"\n"


def _add(parent: Element, name: str, words: str | None = None) -> Element:
    made = etree.SubElement(parent, f"{{{NAMESPACE}}}{name.lower()}")
    made.text = None if words is None else lines(words)
    return made


def _component(parent: Element, held: Sequence[Any]) -> None:
    name, properties, inner = held
    made = _add(parent, name)
    if properties:
        listed = _add(made, "properties")
        for each in properties:
            _property(listed, each)
    if inner:
        listed = _add(made, "components")
        for each in inner:
            _component(listed, each)


def _property(parent: Element, held: Sequence[Any]) -> None:
    name, parameters, kind, *values = held
    made = _add(parent, name)
    if parameters:
        listed = _add(made, "parameters")
        for key, value in parameters.items():
            parameter = _add(listed, key)
            inner = "cal-address" if key.lower() in _ADDRESSES else _PARAMETER_TYPES.get(key.lower(), "text")
            for each in value if isinstance(value, list) else [value]:
                _add(parameter, inner, str(each))
    for value in values:
        _value(made, name.lower(), kind, value)


def _value(parent: Element, name: str, kind: str, value: Any) -> None:
    if name in _PAIRS and isinstance(value, list | tuple):
        for key, each in zip(_PAIRS[name], value, strict=True):
            _add(parent, key, str(each))
    elif isinstance(value, Mapping):
        made = _add(parent, kind)
        for key, each in value.items():
            for one in each if isinstance(each, list) else [each]:
                _add(made, key, str(one))
    elif isinstance(value, bytes):
        _add(parent, "binary", base64.b64encode(value).decode())
    else:
        for each in value if isinstance(value, list | tuple) else [value]:
            words = str(each).lower() if isinstance(each, bool) else str(each)
            _add(parent, kind if kind != "unknown" else "text", words)
