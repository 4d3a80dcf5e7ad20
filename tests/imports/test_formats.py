"""Small files in every format but the XML: the odd things that real ones hold, and what is told of each."""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from confapp.domain.errors import Invalid, Refusal, TooLarge
from confapp.imports import read_programme
from confapp.imports.plan import MAX_BYTES, Plan, PlannedSession
from confapp.imports.sources import packed

GUID = "0f3d8a52-5a54-4b9b-9d4e-8f2f1d3c7a10"
ZONE = "Europe/Brussels"


def frab(*events: Any, **conference: Any) -> dict[str, Any]:
    whole = {"title": "Spring School", "acronym": "spring", "time_zone_name": ZONE} | conference
    days = [{"index": 1, "date": "2026-05-12", "rooms": {"Aula": list(events)}}]
    return {"schedule": {"version": "1", "conference": {"days": days} | whole}}


def talk(**values: Any) -> dict[str, Any]:
    return {"id": 7, "title": "Yeast at work", "start": "10:00", "duration": "00:45"} | values


def read(tree: Any, *, timezone: str | None = None, columns: dict[str, str] | None = None) -> Plan:
    data = tree if isinstance(tree, bytes) else json.dumps(tree).encode()
    return read_programme(data, "file", timezone=timezone, columns=columns)


def only(plan: Plan) -> PlannedSession:
    (session,) = plan.sessions
    return session


def refused(tree: Any, **options: Any) -> str:
    with pytest.raises(Invalid) as caught:
        read(tree, **options)
    ((_field, (message, *_)),) = dict(caught.value.errors).items()
    return str(message)


def calendar(*lines: str, head: tuple[str, ...] = ()) -> bytes:
    return "\r\n".join(["BEGIN:VCALENDAR", *head, "BEGIN:VEVENT", *lines, "END:VEVENT", "END:VCALENDAR", ""]).encode()


# schedule.json


def test_a_whole_session_of_json():
    session = only(
        read(
            frab(
                talk(
                    guid=GUID,
                    persons=[{"id": "3", "public_name": "Ada"}, "Bo Mu", {"name": "Cy", "guid": "G1", "role": "chair"}],
                    track="Biology",
                    language="EN",
                    type="workshop",
                    abstract="<p>Short</p><script>x</script>",
                    links=[{"url": "https://x.example/a", "title": "Notes"}, "https://x.example/b"],
                    attachments=None,
                    do_not_record=True,
                    unheard_of={"deeply": ["nested"]},
                )
            )
        )
    )
    assert session.keys[:2] == (f"guid:{GUID}", "id:7")
    assert session.starts_at == dt.datetime(2026, 5, 12, 8, tzinfo=dt.UTC)
    assert (session.kind, session.language, session.recording_optout) == ("workshop", "en", True)
    assert session.people == (("id-name:3|ada", "speaker"), ("session-name:guid:" + GUID + "|bo mu", "speaker"),
                              ("guid:g1", "chair"))  # fmt: skip
    assert session.abstract_html == {"en": "<p>Short</p>"}
    assert [title for _, title in session.links] == ["Notes", "https://x.example/b"]


@pytest.mark.parametrize(
    ("event", "field"),
    [
        (talk(title=None), "title"),
        (talk(title="\ud800\x00"), "title"),
        (talk(duration="soon"), "duration"),
        (talk(date="tomorrow"), "date"),
        (talk(start=None, date="2026-13-45T10:00:00"), "date"),
        ("no event", "event"),
        ([], "event"),
        (12345678901234567890123, "event"),
    ],
)
def test_a_broken_row_is_refused_alone(event, field):
    plan = read(frab(event, talk(id=8, title="Sound")))
    assert [session.title for session in plan.sessions] == [{"und": "Sound"}]
    (remark,) = plan.refused
    assert (remark.field, remark.where.startswith("days[0].rooms.Aula[0]")) == (field, True)


@pytest.mark.parametrize(
    "event",
    [
        talk(persons=None, links=None, track=None, subtitle=None, room=None, id=None),
        talk(persons=[None, {}, {"id": 3}], links=[None, {}, 5], track=5, type={"en": "Talk"}),
        talk(id="7", duration=45, start="10:00:00", title=2026),
        talk(id=10**40, guid=["a"], slug={}),
        talk(abstract="x" * 200_000, description=float("nan")),
        talk(url="javascript:alert(1)", logo=7, language="Klingon of the North"),
    ],
)
def test_odd_values_are_passed_over(event):
    session = only(read(frab(event)))
    assert session.starts_at == dt.datetime(2026, 5, 12, 8, tzinfo=dt.UTC)
    assert session.url is None


@pytest.mark.parametrize("fact", [{"cancelled": True}, {"canceled": True}, {"status": "cancelled"}])
def test_a_cancelled_event_is_cancelled(fact):
    session = only(read(frab(talk(**fact))))
    assert (session.state, session.starts_at) == ("cancelled", None)


def test_rooms_may_be_a_list_and_days_an_object():
    tree = frab(talk())
    (day,) = tree["schedule"]["conference"]["days"]
    day["rooms"] = [{"name": "Aula", "events": [talk()]}, {"name": "Empty"}]
    tree["schedule"]["conference"]["days"] = {"1": day}
    plan = read(tree)
    assert (len(plan.sessions), len(plan.rooms)) == (1, 2)


def test_an_offset_may_contradict_the_zone():
    plan = read(frab(talk(date="2026-05-12T10:00:00Z")))
    assert only(plan).starts_at == dt.datetime(2026, 5, 12, 8, tzinfo=dt.UTC)
    assert "offset" in plan.warnings[0].message


# pretalx


def submission(**values: Any) -> dict[str, Any]:
    return {"code": "ABC123", "title": "Yeast", "submission_type": {"en": "Talk"}, "state": "confirmed",
            "speakers": [{"code": "SPK", "name": "Ada", "biography": "*Hello*"}],
            "slot": {"start": "2026-05-12T10:00:00+02:00", "end": "2026-05-12T10:45:00+02:00", "room": {"en": "Aula"}}
            } | values  # fmt: skip


@pytest.mark.parametrize(
    "tree",
    [
        {"count": 1, "next": None, "results": [submission()]},
        [submission()],
        {"schedule": {"2026-05-12": {"600": {"1": submission()}}}},
        {"slots": [{"id": 1, "submission": submission(slot=None), "room": {"id": 1, "name": {"en": "Aula"}},
                    "start": "2026-05-12T10:00:00+02:00", "end": "2026-05-12T10:45:00+02:00"}]},
        {"results": [submission(slot=None, slots=[{"id": 9, "start": "2026-05-12T10:00:00+02:00",
                                                   "end": "2026-05-12T10:45:00+02:00", "room": {"name": "Aula"}}])]},
        {"talks": [{"code": "ABC123", "title": "Yeast", "speakers": ["SPK"], "room": 1, "abstract": None,
                    "start": "2026-05-12T10:00:00+02:00", "end": "2026-05-12T10:45:00+02:00"}],
         "rooms": [{"id": 1, "name": {"en": "Aula"}}], "speakers": [{"code": "SPK", "name": "Ada"}]},
    ],
    ids=["page", "list", "grid", "slots", "submission with slots", "widget"],
)  # fmt: skip
def test_the_api_s_shapes(tree):
    plan = read(tree, timezone=ZONE)
    session = only(plan)
    assert "code:abc123" in session.keys
    assert session.starts_at == dt.datetime(2026, 5, 12, 8, tzinfo=dt.UTC)
    assert session.duration == dt.timedelta(minutes=45)
    assert [room.name for room in plan.rooms] == [{"en": "Aula"}] or [room.name for room in plan.rooms] == [
        {"und": "Aula"}
    ]
    assert [(each.name, each.keys[0]) for each in plan.speakers] == [("Ada", "guid:spk")]


def test_rejected_talks_are_never_placed():
    plan = read([submission(state="rejected"), submission(code="B", state="unheard of")], timezone=ZONE)
    assert [(session.state, session.starts_at is None) for session in plan.sessions] == [
        ("rejected", True), ("proposed", False)]  # fmt: skip


# Sessionize and Open Event


def sessionize(**values: Any) -> dict[str, Any]:
    return {"id": "5", "title": "Yeast", "startsAt": "2026-05-12T10:00:00", "endsAt": "2026-05-12T10:45:00",
            "isServiceSession": False, "isPlenumSession": False, "speakers": [{"id": "s", "name": "Ada"}],
            "categories": [{"name": "Track", "categoryItems": [{"name": "Biology"}]}], "roomId": 3, "room": "Aula",
            "status": "Accepted"} | values  # fmt: skip


@pytest.mark.parametrize(
    "tree",
    [
        {"sessions": [sessionize(room=None, speakers=["s"], categories=None, categoryItems=[9])], "questions": [],
         "speakers": [{"id": "s", "fullName": "Ada", "tagLine": "Chemist"}], "rooms": [{"id": 3, "name": "Aula"}],
         "categories": [{"title": "Track", "items": [{"id": 9, "name": "Biology"}]}]},
        [{"groupId": 1, "groupName": "All", "sessions": [sessionize()]}],
        [{"date": "2026-05-12T00:00:00", "rooms": [{"id": 3, "name": "Aula", "sessions": [sessionize()]}],
          "timeSlots": [{"slotStart": "10:00:00", "rooms": [{"id": 3, "name": "Aula"}]}]}],
    ],
    ids=["all", "sessions", "grid"],
)  # fmt: skip
def test_sessionize_s_views(tree):
    plan = read(tree, timezone=ZONE)
    session = only(plan)
    assert (session.starts_at, session.state) == (dt.datetime(2026, 5, 12, 8, tzinfo=dt.UTC), "accepted")
    assert [room.name["und"] for room in plan.rooms] == ["Aula"]
    assert [track.name["und"] for track in plan.tracks] == ["Biology"]
    assert [person.name for person in plan.speakers] == ["Ada"]


def test_speakers_alone_are_no_programme():
    assert "holds no sessions" in refused([{"id": "s", "fullName": "Ada", "tagLine": "", "sessions": []}])


def test_open_event_in_kebab_case_and_as_json_api():
    attributes = {"title": "Yeast", "starts-at": "2026-05-12T08:00:00Z", "ends-at": "2026-05-12T08:45:00Z",
                  "state": "accepted", "short-abstract": "Short"}  # fmt: skip
    document = {
        "data": [{"type": "session", "id": "5", "attributes": attributes,
                  "relationships": {"microlocation": {"data": {"type": "microlocation", "id": "3"}}}}],
        "included": [{"type": "microlocation", "id": "3", "attributes": {"name": "Aula"}}],
    }  # fmt: skip
    plan = read(document, timezone=ZONE)
    assert only(plan).state == "accepted"
    assert only(plan).room == "name:aula"
    flat = {name.replace("-", "_"): value for name, value in attributes.items()} | {"id": 5, "microlocation": None}
    files = {"e/event": json.dumps({"id": 1, "name": "Spring", "timezone": ZONE}).encode(),
             "e/sessions": json.dumps([flat, "odd", None]).encode(), "e/images/x.png": b"\x89PNG",
             "e/sponsors.json": b"[]"}  # fmt: skip
    plan = read_programme(packed(files), "export.zip", timezone=None)
    assert only(plan).keys[0] == "id:5"
    assert [remark.field for remark in plan.refused] == ["session"]
    assert plan.conference.title == {"und": "Spring"}


# iCalendar


def test_a_repeated_event_becomes_a_session_for_each_occurrence():
    plan = read(
        calendar(
            "UID:u1", "SUMMARY:Standup", "DTSTART;TZID=Europe/Brussels:20260327T090000", "DURATION:PT15M",
            "RRULE:FREQ=DAILY;COUNT=4", "EXDATE;TZID=Europe/Brussels:20260328T090000", "LOCATION:Aula",
        )
    )  # fmt: skip
    starts = [session.starts_at for session in plan.sessions]
    # Clocks go forward on the 29th: nine in the morning stays nine in the morning.
    assert [moment.hour for moment in starts] == [8, 7, 7]
    assert len({session.keys[0] for session in plan.sessions}) == 3
    assert plan.conference.timezone == ZONE


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY",
        "FREQ=HOURLY;COUNT=1000000000",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;COUNT=9",
        "FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30",
    ],
)
def test_no_rule_runs_away(rule):
    plan = read(
        calendar("UID:u", "SUMMARY:X", "DTSTART:20260512T080000Z", "DURATION:PT1H", f"RRULE:{rule}"), timezone=ZONE
    )
    assert 1 <= len(plan.sessions) <= 200


def test_zones_may_be_windows_or_spelt_out():
    windows = calendar("SUMMARY:X", "DTSTART;TZID=W. Europe Standard Time:20260512T100000", "DURATION:PT1H")
    assert only(read(windows)).starts_at == dt.datetime(2026, 5, 12, 8, tzinfo=dt.UTC)
    spelt = b"\n".join(
        [b"BEGIN:VCALENDAR", b"BEGIN:VTIMEZONE", b"TZID:Mine", b"BEGIN:STANDARD", b"DTSTART:19700101T000000",
         b"TZOFFSETFROM:+0530", b"TZOFFSETTO:+0530", b"END:STANDARD", b"END:VTIMEZONE", b"BEGIN:VEVENT", b"SUMMARY:X",
         b"DTSTART;TZID=Mine:20260512T100000", b"DTEND;TZID=Mine:20260512T110000", b"END:VEVENT", b"END:VCALENDAR"]
    )  # fmt: skip
    assert only(read(spelt, timezone=ZONE)).starts_at == dt.datetime(2026, 5, 12, 4, 30, tzinfo=dt.UTC)


def test_a_description_names_people():
    plan = read(calendar("UID:u", "SUMMARY:X", "DTSTART:20260512T080000Z", "DURATION:PT1H", "STATUS:CANCELLED",
                         "DESCRIPTION:Chair: Ada Lambda (Uni\\, Lab)\\nSpeakers: Bo\\, Cy and Di\\n\\nAbout it."),
                timezone=ZONE)  # fmt: skip
    session = only(plan)
    assert [(each.name, each.affiliation) for each in plan.speakers] == [
        ("Ada Lambda", "Uni, Lab"), ("Bo", ""), ("Cy", ""), ("Di", "")]  # fmt: skip
    assert [role for _, role in session.people] == ["chair", "speaker", "speaker", "speaker"]
    assert session.description_html == {"und": "<p>About it.</p>"}
    assert (session.state, session.starts_at) == ("cancelled", None)


# CSV


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "windows-1252"])
def test_tables_in_any_usual_dress(separator, encoding):
    rows = [["ID", "Title", "Date", "From", "To", "Room", "Speaker(s)"],
            ["1", "Bière", "12.05.2026", "10:00", "10:45", "Aula", "Ada\nBo"]]  # fmt: skip
    text = "\r\n".join(separator.join(f'"{cell}"' for cell in row) for row in rows)
    plan = read(text.encode(encoding), timezone=ZONE)
    session = only(plan)
    assert session.title == {"und": "Bière"}
    assert session.starts_at == dt.datetime(2026, 5, 12, 8, tzinfo=dt.UTC)
    assert session.duration == dt.timedelta(minutes=45)
    assert len(session.people) == 2


@pytest.mark.parametrize(
    ("row", "field"),
    [
        (",2026-05-12,10:00,30", "title"),
        ("X,someday,10:00,30", "date"),
        ("X,2026-05-12,noonish,30", "start"),
        ("X,,10:00,30", "start"),
        ("X,2026-05-12,10:00,ages", "duration"),
    ],
)
def test_a_broken_line_is_refused_by_its_number(row, field):
    plan = read(f"title,date,start,duration\n\n{row}\nSound,2026-05-12,11:00 am,30 min".encode(), timezone=ZONE)
    assert only(plan).starts_at == dt.datetime(2026, 5, 12, 9, tzinfo=dt.UTC)
    (remark,) = plan.refused
    assert (remark.where, remark.field) == ("line 3", field)


def test_columns_may_be_named():
    text = b"Wann,Was,Wo\n2026-05-12 10:00,Hefe,Aula"
    assert "known headings" in refused(text, timezone=ZONE)
    session = only(read(text, timezone=ZONE, columns={"start": "Wann", "title": "Was", "room": "Wo"}))
    assert (session.title, session.room) == ({"und": "Hefe"}, "name:aula")
    assert "no column “Weg”" in refused(text, timezone=ZONE, columns={"title": "Weg"})
    assert "no field “colour”" in refused(text, timezone=ZONE, columns={"colour": "Was"})


def test_the_order_of_day_and_month_is_told_by_the_file():
    american = read(b"title,date,start,duration\nX,5/12/2026,9 am,30\nY,5/13/2026,2:30 PM,30", timezone=ZONE)
    assert [session.day for session in american.sessions] == [dt.date(2026, 5, 12), dt.date(2026, 5, 13)]
    european = read(b"title,date,start,duration\nX,12/5/2026,9.30,30\nY,13/5/2026,14h30,30", timezone=ZONE)
    assert [session.day for session in european.sessions] == [dt.date(2026, 5, 12), dt.date(2026, 5, 13)]


# What is no programme


def bomb() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in "abcd":
            archive.writestr(f"{name}.json", b" " * 19_000_000)
    return buffer.getvalue()


def spreadsheet() -> bytes:
    return packed({"xl/workbook.xml": b"<workbook/>"})


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"{}", "no sessions that are known"),
        (b'{"people": [], "pets": 3}', "people, pets"),
        (b"[]", "no sessions that are known"),
        (b'{"schedule": {', "line 1, column"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"a":' * 900 + b"1" + b"}" * 900, "nested too deeply"),
        (b"\x89PNG\r\n", "PNG"),
        (b"%PDF-1.7", "PDF"),
        (b"<!DOCTYPE html><p>x", "web page"),
        (b"PK\x03\x04 and no more", "damaged"),
        (spreadsheet(), "save it as CSV"),
        (packed({}), "holds no file"),
        (packed({"a.ics": calendar("SUMMARY:X"), "b.ics": calendar("SUMMARY:X")}), "a.ics, b.ics"),
        (packed({"../../etc/passwd": b"x", "a.json": b"{"}), "This is not JSON"),
        (b"BEGIN:VCALENDAR\n" + b"BEGIN:X\n" * 50, "nested too deeply"),
        (b"\xff\xfe\x00", "byte"),
        (b"just words", "known headings"),
    ],
)  # fmt: skip
def test_what_is_no_programme_is_refused_with_words(data, words):
    assert words in refused(data, timezone=ZONE)


def test_too_much_is_refused():
    for data in (b"{" + b" " * MAX_BYTES, bomb()):
        with pytest.raises(TooLarge):
            read_programme(data, "file", timezone=ZONE)


def test_nan_and_huge_numbers_are_no_reason_to_stop():
    plan = read(json.dumps(frab(talk(weight="@"))).replace('"@"', 'NaN, "more": 1e999, "id": ' + "9" * 5000).encode())
    assert len(plan.sessions) == 1
    assert "NaN" in plan.warnings[0].message


# Laws

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
    | st.sampled_from(["2026-05-12T10:00:00", "10:00", "00:45", "https://x.example", "confirmed", "en"]),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(
        st.sampled_from(["title", "code", "id", "guid", "start", "end", "slot", "room", "speakers", "persons", "date",
                         "duration", "startsAt", "endsAt", "track", "rooms", "days", "name", "state", "submission",
                         "roomId", "links", "categories", "questions", "sessions", "microlocation", "session_type"]),
        inner, max_size=8),
    max_leaves=40,
)  # fmt: skip


@given(_JSON, st.sampled_from(["frab", "page", "all", "list", "bare"]))
def test_any_json_gives_a_plan_or_a_refusal(inner, shape):
    tree = {
        "frab": lambda: frab(inner, talk()),
        "page": lambda: {"results": [inner, submission(), inner]},
        "all": lambda: {"sessions": [inner, sessionize()], "speakers": inner, "categories": inner, "rooms": inner},
        "list": lambda: [inner, {"title": "X", "microlocation": inner, "session_type": inner, "start_time": inner}],
        "bare": lambda: inner,
    }[shape]()
    try:
        plan = read(json.dumps(tree).encode(), timezone=ZONE)
    except Refusal:
        return
    assert all(session.title and session.keys for session in plan.sessions)


@given(st.lists(st.text(max_size=30), max_size=12), st.sampled_from(["ics", "csv"]))
def test_any_lines_give_a_plan_or_a_refusal(lines, kind):
    start = b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:X\n" if kind == "ics" else b"title,start,date,speakers\n"
    try:
        read(start + "\n".join(lines).encode("utf-8", "surrogatepass"), timezone=ZONE)
    except Refusal:
        return


def test_an_address_that_is_none_is_left_out():
    people = "Name,Email\nAda,ada@example.org\nBo,call me\nCy," + "x" * 300 + "@example.org"
    files = {"a.csv": b"Title,Start\nYeast,2026-05-12 10:00", "b.csv": people.encode()}
    plan = read_programme(files, "two files", timezone=ZONE)
    assert [person.email for person in plan.speakers] == ["ada@example.org", None, None]


def test_a_conference_s_address_must_fit():
    for length, told in ((400, True), (600, False)):
        plan = read(frab(talk(), url="https://x.example/" + "y" * length))
        assert (plan.conference.url is not None) == told
