"""Every real programme loads with its manifest's counts; every hostile calendar gives a result or clear words."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from confapp.domain.errors import Invalid
from confapp.domain.programme import conferences, sessions
from confapp.domain.release import releases
from confapp.domain.release.frozen import agenda
from confapp.exports import Options, make
from confapp.imports import read_programme
from confapp.imports.plan import Plan
from confapp.imports.sources import files_in, packed
from tests.conftest import NOW
from tests.exports.exchange_schemas import validator
from tests.imports.programmes import NOTHING


def plan_of(path: Path, timezone: str | None) -> Plan:
    return read_programme(files_in(path) if path.is_dir() else path.read_bytes(), path.name, timezone=timezone)


def counted(plan: Plan) -> tuple[int, int, int, int, int]:
    used = {session.room for session in plan.sessions if session.room}
    return len(plan.sessions), len(used), len(plan.speakers), len(plan.tracks), len(plan.days)


@pytest.mark.parametrize(
    ("file", "timezone", "counts"),
    [
        ("01-fosdem-2020/schedule.xml", "Europe/Brussels", (872, 35, 841, 71, 2)),
        ("02-34c3/schedule.xml", "Europe/Berlin", (169, 4, 221, 8, 4)),
        ("03-debconf23/pentabarf.xml", "Asia/Kolkata", (117, 5, 87, 12, 8)),
        ("04-camp2019/schedule.json", None, (79, 2, 90, 7, 5)),
        ("05-pyconfr-2024/schedule.json", "Europe/Paris", (68, 8, 72, 0, 2)),
        ("06-fossasia-2018", None, (371, 17, 341, 14, 4)),
        ("07-lca-2020/schedule.ics", None, (262, 6, 190, 0, 6)),
        ("08-qaorthehwy-2026/sessionize-all.json", "America/New_York", (46, 9, 43, 0, 1)),
        ("09-droidcon-2025", "Europe/Rome", (28, 2, 31, 0, 2)),
    ],
    ids=lambda value: value.split("/")[0] if isinstance(value, str) else "",
)
def test_every_set_loads_whole(file, timezone, counts, real_file):
    plan = plan_of(real_file(file), timezone)
    assert counted(plan) == counts
    assert plan.refused == ()


def test_what_open_event_rejected_is_never_placed(real_file):
    plan = plan_of(real_file("06-fossasia-2018"), None)
    assert Counter(session.state for session in plan.sessions) == {"accepted": 234, "rejected": 131, "proposed": 6}
    assert sum(session.state == "rejected" and session.room is not None for session in plan.sessions) == 13
    assert not [session for session in plan.sessions if session.state == "rejected" and session.starts_at]


def test_an_archive_reads_as_its_folder_does(real_file):
    folder = real_file("06-fossasia-2018")
    zipped = packed({f"export/{name}": body for name, body in files_in(folder).items()})
    assert read_programme(zipped, "export.zip", timezone=None) == plan_of(folder, None)


def test_a_zone_is_asked_for_where_the_file_has_none(real_file):
    with pytest.raises(Invalid) as caught:
        plan_of(real_file("05-pyconfr-2024/schedule.json"), None)
    assert "Europe/Paris" in dict(caught.value.errors)["timezone"][0]


@pytest.mark.parametrize(
    ("name", "sessions_read", "refused", "words"),
    [
        ("big_bad_calendar", 0, 20, "no title"),
        ("bom_calendar", None, 0, "no event"),
        ("broken_dtstart", 0, 1, "no date or time"),
        ("broken_ical", 1, 0, "no length"),
        ("calendar_with_unicode", None, 0, "no event"),
        ("empty", None, 0, "no event"),
        ("fuzz_testcase_invalid_month", None, 0, "no calendar"),
        ("fuzz_testcase_vtimezone_lone_cr", None, 0, "no calendar"),
        ("invalid_duration", 0, 1, "not a duration"),
        ("issue_104_broken_calendar", 1, 0, "no property"),
        ("issue_1081_invalid_rrule_freq", 0, 1, "no rule"),
        ("issue_1081_invalid_start_and_end", 0, 1, "no date or time"),
        ("issue_218_bad_tzid", 1, 0, ""),
        ("issue_237_fail_to_parse_timezone_with_non_ascii_tzid", 0, 1, "no title"),
        ("issue_351_whitespace_in_property_and_params", 1, 0, "no length"),
        ("issue_722_missing_VTIMEZONE_custom", 0, 1, "no title"),
        ("multiple_calendar_components", 3, 0, "lasts all day"),
        ("parsing_error_in_UTC_offset", None, 0, "no event"),
        ("pr_480_summary_with_colon", 2, 0, "cut off"),
        ("rfc_7986_conferences", 0, 1, "no title"),
    ],
)
def test_every_hostile_calendar_gives_a_result_or_a_clear_refusal(name, sessions_read, refused, words, real_file):
    data = real_file(f"11-ics-tricky/{name}.ics").read_bytes()
    if sessions_read is None:
        with pytest.raises(Invalid) as caught:
            read_programme(data, f"{name}.ics", timezone="Europe/Brussels")
        assert words in dict(caught.value.errors)["file"][0]
        return
    plan = read_programme(data, f"{name}.ics", timezone="Europe/Brussels")
    assert (len(plan.sessions), len(plan.refused)) == (sessions_read, refused)
    assert any(words in remark.message for remark in (*plan.refused, *plan.warnings))


REAL = [
    ("01-fosdem-2020/schedule.xml", "Europe/Brussels", 872),
    ("02-34c3/schedule.xml", "Europe/Berlin", 169),
    ("03-debconf23/pentabarf.xml", "Asia/Kolkata", 117),
    ("04-camp2019/schedule.json", None, 79),
    ("05-pyconfr-2024/schedule.json", "Europe/Paris", 68),
    ("06-fossasia-2018", None, 233),
    ("07-lca-2020/schedule.ics", None, 262),
    ("08-qaorthehwy-2026/sessionize-all.json", "America/New_York", 46),
    ("09-droidcon-2025", "Europe/Rome", 28),
]


@pytest.mark.parametrize(("file", "timezone", "public"), REAL, ids=[file.split("/")[0] for file, _, _ in REAL])
def test_a_real_programme_is_imported_released_and_exported(file, timezone, public, bring, real_file, write):
    plan = plan_of(real_file(file), timezone)
    first = bring(plan)
    assert first.count()["created"]["sessions"] == len(plan.sessions)
    again = bring(plan_of(real_file(file), timezone))
    assert again.is_empty
    assert again.count()["created"] == again.count()["updated"] == NOTHING
    with write():
        conference = conferences.named("spring")
        made, _ = releases.release(
            conference, expected=None, note={}, by=None, now=NOW, override="a test", may_override=True
        )
        released = agenda(made)
        held = {session.code: session for session in sessions.sessions(conference)}
        assert {held[entry.session.code].state.value for entry in released.shown} <= {"accepted", "confirmed"}
    assert len(released.shown) == public
    options = Options("https://conf.example", released.conference.languages[0])
    files = {kind: make(kind, released, options) for kind in ("xml", "json", "csv", "ics")}
    validator(real_file)(files["xml"], files["json"])
    for kind, exported in files.items():
        back = read_programme(exported, f"agenda.{kind}", timezone=released.conference.timezone)
        assert back.refused == ()
        assert len(back.sessions) == public
        assert {session.starts_at for session in back.sessions} == {entry.starts_at for entry in released.shown}
    # Brought back to where it came from, everything is recognised and nothing is new.
    for kind in ("json", "xml"):
        difference = bring(read_programme(files[kind], kind, timezone=None))
        assert difference.count()["created"]["sessions"] == difference.count()["created"]["speakers"] == 0
