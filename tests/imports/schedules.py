"""Makes small `schedule.xml` files for the tests, one oddity at a time."""

from __future__ import annotations

from collections.abc import Mapping
from xml.sax.saxutils import escape, quoteattr

import pytest

from confapp.domain.errors import Invalid
from confapp.imports.frab import read_frab
from confapp.imports.plan import Plan, PlannedSession

GUID = "0f3d8a52-5a54-4b9b-9d4e-8f2f1d3c7a10"
HEADER = {"title": "Spring School", "acronym": "spring-school", "time_zone_name": "Europe/Brussels"}
BASICS = {"title": "Yeast at work", "start": "10:00", "duration": "00:45"}


def attributes(values: Mapping[str, str | None]) -> str:
    return "".join(f" {name}={quoteattr(value)}" for name, value in values.items() if value is not None)


def event(inner: str = "", *, id: str | None = "7", guid: str | None = None, **parts: str | None) -> str:
    """An <event> with BASICS unless `parts` says otherwise (None leaves one out); `inner` is XML as it stands."""
    children = "".join(
        f"<{name}>{escape(value)}</{name}>" for name, value in (BASICS | parts).items() if value is not None
    )
    return f"<event{attributes({'id': id, 'guid': guid})}>{children}{inner}</event>"


def people(*persons: str) -> str:
    return "<persons>" + "".join(persons) + "</persons>"


def person(name: str, **values: str) -> str:
    return f"<person{attributes(values)}>{name}</person>"


def day(*events: str, room: str | None = "Aula", date: str | None = "2026-05-12", **bounds: str) -> str:
    room_start = "" if room is None else f"<room name={quoteattr(room)}>"
    room_end = "" if room is None else "</room>"
    return f"<day{attributes({'date': date, 'index': '1'} | bounds)}>{room_start}{''.join(events)}{room_end}</day>"


def schedule(*days: str, before: str | None = None, **header: str | None) -> bytes:
    """A whole file with HEADER unless `header` says otherwise; `before` is XML ahead of the conference."""
    values = {name: value for name, value in (HEADER | header).items() if value is not None}
    inner = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in values.items())
    text = f"<schedule>{before or ''}<conference>{inner}</conference>{''.join(days)}</schedule>"
    return ('<?xml version="1.0" encoding="UTF-8"?>\n' + text).encode()


def plan_of(*events: str, **header: str | None) -> Plan:
    return read_frab(schedule(day(*events), **header), timezone=None)


def only_session(*events: str, **header: str | None) -> PlannedSession:
    (session,) = plan_of(*events, **header).sessions
    return session


def said(plan: Plan) -> list[tuple[str, str, int]]:
    """Field, value and count of each warning."""
    return [(remark.field, remark.value, remark.count) for remark in plan.warnings if remark.field != "guid"]


def refusal(data: bytes, timezone: str | None = None) -> dict:
    """What is wrong with the file, by where; fails if nothing is."""
    with pytest.raises(Invalid) as caught:
        read_frab(data, timezone=timezone)
    return dict(caught.value.errors)
