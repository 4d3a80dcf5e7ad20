"""The table of kinds, and names that hold all that made a file."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from dataclasses import replace
from typing import Any

import pytest

from confapp import exports
from confapp.domain.agenda import Filter
from confapp.exports import KINDS, Options, file_name, make
from tests.agendas import make_agenda, make_facts

OPTIONS = Options(base_url="https://conf.example", language="en")


def named(kind: str = "ics", options: Options = OPTIONS, **changes) -> str:
    values: dict[str, Any] = {"facts": make_facts(), "release": 7, "redaction": 0, "wanted": Filter()} | changes
    return file_name(kind, options=options, **values)


def test_a_name_is_a_digest_and_a_suffix():
    assert re.fullmatch(r"[0-9a-f]{64}\.ics", named())
    assert re.fullmatch(r"[0-9a-f]{64}\.pdf", named("pdf"))
    assert named() == named()


@pytest.mark.parametrize(
    "other",
    [
        {"release": 8},
        {"redaction": 1},
        {"facts": replace(make_facts(), title={"en": "Renamed"})},
        {"facts": replace(make_facts(), uuid=uuid.uuid5(uuid.NAMESPACE_URL, "another"))},
        {"wanted": Filter(day=dt.date(2027, 3, 8))},
        {"wanted": Filter(track="t1")},
        {"wanted": Filter(room="t1")},
        {"wanted": Filter(sessions=frozenset())},
        {"wanted": Filter(sessions=frozenset({uuid.uuid5(uuid.NAMESPACE_URL, "a")}))},
        {"options": replace(OPTIONS, language="fr")},
        {"options": replace(OPTIONS, base_url="https://other.example")},
        {"options": replace(OPTIONS, alarm=10)},
        {"options": replace(OPTIONS, is_full=True)},
        {"wanted": Filter(session="t1")},
        {"options": replace(OPTIONS, with_cancelled=False)},
    ],
)
def test_whatever_makes_other_bytes_makes_another_name(other):
    assert named(**other) != named()


def test_what_a_kind_does_not_look_at_is_not_in_its_name():
    assert named(options=replace(OPTIONS, paper="Letter")) == named()
    assert named("pdf", options=replace(OPTIONS, paper="Letter")) != named("pdf")
    assert named("pdf", options=replace(OPTIONS, alarm=5)) == named("pdf")
    assert named("picks", options=replace(OPTIONS, attendee="Ann")) != named("picks")
    assert named(options=replace(OPTIONS, translate=str.upper)) == named()


def test_the_order_of_picks_does_not_matter():
    picks = [uuid.uuid5(uuid.NAMESPACE_URL, str(n)) for n in range(50)]
    assert named(wanted=Filter(sessions=frozenset(picks))) == named(wanted=Filter(sessions=frozenset(picks[::-1])))


def test_another_font_is_a_new_name_for_what_is_printed(monkeypatch):
    calendar, programme, grid = named(), named("pdf"), named("grid")
    monkeypatch.setattr(exports, "_fonts", lambda: (("NotoSansSC-Regular.ttf", 8_000_000),))
    assert named() == calendar
    assert named("pdf") != programme
    assert named("grid") != grid


def test_a_new_revision_is_a_new_name(monkeypatch):
    before = named()
    raised = {**KINDS, "ics": replace(KINDS["ics"], revision=KINDS["ics"].revision + 1)}
    monkeypatch.setattr(exports, "KINDS", raised)
    assert named() != before


@pytest.mark.parametrize(
    ("kind", "opening"), [("ics", b"BEGIN:VCALENDAR\r\n"), ("pdf", b"%PDF-1.7"), ("grid", b"%PDF-1.7"),
     ("picks", b"%PDF-1.7"), ("xml", b"<?xml"), ("json", b"{"), ("xcal", b"<?xml"), ("csv", b"\xef\xbb\xbfDate,")],
)  # fmt: skip
def test_every_kind_is_made(kind, opening):
    assert make(kind, make_agenda(2), replace(OPTIONS, attendee="Ann Lee")).startswith(opening)
    assert KINDS[kind].media_type
    assert KINDS[kind].is_heavy == (kind in ("pdf", "grid", "picks"))


def test_all_kinds_are_tried_above():
    assert set(KINDS) == {"ics", "xml", "json", "csv", "xcal", "pdf", "grid", "picks"}


def test_an_unknown_kind_is_refused():
    with pytest.raises(KeyError):
        make("docx", make_agenda(1), OPTIONS)
