"""The commands for the programme, as somebody types them."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from confapp import delivery
from confapp.cli import programme
from confapp.database import Mode
from confapp.domain import outbox, permissions
from confapp.domain.errors import Stale
from confapp.domain.programme import conferences
from confapp.domain.release import releases
from confapp.domain.release.frozen import agenda
from confapp.domain.schedule import checking
from confapp.imports.apply import apply
from tests.conftest import NOW, Transaction
from tests.factories import make_account, make_conference, make_room, make_session, make_slot, make_speaker
from tests.imports.schedules import day, event, schedule

NOTHING = {"sessions": 0, "rooms": 0, "tracks": 0, "speakers": 0}
Run = Callable[..., Result]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A small programme."""
    path = tmp_path / "schedule.xml"
    path.write_bytes(schedule(day(event(track="Biology"), event(id="8", title="Two", start="12:00"))))
    return path


def test_an_import_reports_in_words(run: Run, file: Path) -> None:
    done = run("import", str(file), "--conference", "spring")
    assert done.exit_code == 0
    lines = done.stdout.splitlines()
    assert lines[:2] == ["spring", "  sessions created     2   updated     0   unchanged     0"]
    assert any("will be recognised by its id" in line and "[2 times]" in line for line in lines)
    assert done.stderr.splitlines()[0] == f"Reading {file}"


def test_json_is_all_there_is_on_stdout(run: Run, file: Path) -> None:
    done = run("import", str(file), "--conference", "spring", "--json")
    report = json.loads(done.stdout)
    assert list(report) == ["conference", "created", "updated", "unchanged", "refused", "warnings"]
    assert report["conference"] == "spring"
    assert report["created"] == {"sessions": 2, "rooms": 1, "tracks": 1, "speakers": 0}
    assert (report["updated"], report["unchanged"], report["refused"]) == (NOTHING, NOTHING, [])
    (warning, *_) = report["warnings"]
    assert list(warning) == ["where", "field", "message", "value", "count"]
    assert (warning["where"], warning["field"], warning["count"]) == ("event 7, line 2", "guid", 2)
    again = json.loads(run("import", str(file), "--conference", "spring", "--json").stdout)
    assert again["unchanged"] == report["created"]
    assert (again["created"], again["updated"]) == (NOTHING, NOTHING)


def test_a_dry_run_stores_nothing(run: Run, file: Path, write: Transaction) -> None:
    done = run("import", str(file), "--conference", "spring", "--dry-run", "--json")
    assert json.loads(done.stdout)["created"]["sessions"] == 2
    assert "nothing was stored" in run("import", str(file), "--conference", "spring", "--dry-run").stdout
    with write(Mode.READ):
        assert conferences.find("spring") is None


def test_the_conference_s_zone_is_taken_where_none_is_given(run: Run, tmp_path: Path, write: Transaction) -> None:
    path = tmp_path / "schedule.xml"
    path.write_bytes(schedule(day(event()), time_zone_name=None))
    refused = run("import", str(path), "--conference", "spring", "--json")
    assert refused.exit_code == 1
    assert list(json.loads(refused.stdout)["errors"]) == ["timezone"]
    assert run("import", str(path), "--conference", "spring", "--timezone", "Asia/Tokyo").exit_code == 0
    assert run("import", str(path), "--conference", "spring").exit_code == 0
    with write(Mode.READ):
        conference = conferences.named("spring")
        (conflict,) = [each for each in checking.draft_conflicts(conference) if each.rule == "nobody"]
        assert conflict.one.starts_at == dt.datetime(2026, 5, 12, 1, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("words", "options", "field", "said"),
    [
        (b"no programme", (), "file", "in no format that is read here"),
        (b"", (), "file", "is empty"),
        (b"<schedule><day><event>", (), "file", "line 1"),
        (b'<!DOCTYPE s [<!ENTITY a "aa">]><schedule>&a;</schedule>', (), "file", ""),
        (None, (), "file", "cannot be read: No such file or directory"),
        (schedule(day(event())), ("--timezone", "Mars/Olympus"), "timezone", "no time zone “Mars/Olympus”"),
        (schedule(day(event())), ("--conference", "press"), "slug", "used by the app itself"),
        (schedule(day(event())), ("--conference", "No Slug"), "slug", "small letters"),
        (schedule(day(event())), ("--by", "nobody@example.org"), "by", "no account with the address"),
        (schedule(), (), "file", "neither a session with a date"),
    ],
)
def test_bad_input_is_refused_by_name(
    words: bytes | None, options: tuple[str, ...], field: str, said: str, run: Run, tmp_path: Path, write: Transaction
) -> None:
    path = tmp_path / "schedule.xml"
    if words is not None:
        path.write_bytes(words)
    command = ("import", str(path), "--conference", "spring", *options)
    refused = run(*command, "--json")
    assert refused.exit_code == 1
    told = json.loads(refused.stdout)
    assert list(told) == ["error", "errors"]
    assert list(told["errors"]) == [field]
    assert said in told["errors"][field][0]
    in_words = run(*command)
    assert (in_words.exit_code, in_words.stdout) == (1, "")
    assert f"  {field}: " in in_words.stderr
    with write(Mode.READ):
        assert conferences.find("spring") is None


def test_a_folder_and_a_table_are_imported(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "programme"
    folder.mkdir()
    (folder / "talks.csv").write_text("Was,Wann,Wer\nHefe,2026-05-12 10:00,Ada", "utf-8")
    (folder / "people.csv").write_text("Name,Bio\nAda,Chemist\nBo,", "utf-8")
    command = ("import", str(folder), "--conference", "spring", "--timezone", "Europe/Brussels", "--json")
    refused = run(*command)
    assert list(json.loads(refused.stdout)["errors"]) == ["file"]
    columns = ("--column", "title=Was", "--column", "start=Wann", "--column", "speakers=Wer")
    report = json.loads(run(*command, *columns).stdout)
    assert report["created"] == {"sessions": 1, "rooms": 0, "tracks": 0, "speakers": 2}
    assert list(json.loads(run(*command, "--column", "title").stdout)["errors"]) == ["columns"]


def test_what_a_new_conference_lacks_is_told_row_by_row(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "broken.ics"
    path.write_bytes(b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:x\nSUMMARY:X\nDTSTART:soon\nEND:VEVENT\nEND:VCALENDAR")
    refused = run("import", str(path), "--conference", "spring", "--timezone", "UTC", "--json")
    told = json.loads(refused.stdout)["errors"]["file"]
    assert told[0].startswith("The file has neither")
    assert told[1].startswith("event x, line 2, DTSTART: This is no date")


def test_a_file_beyond_the_upload_limit_is_not_read(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "junk.xml"
    with path.open("wb") as junk:
        junk.truncate(20_000_001)
    refused = run("import", str(path), "--conference", "spring", "--json")
    assert "larger than 20000000 bytes" in json.loads(refused.stdout)["errors"]["file"][0]


def test_somebody_quicker_makes_it_compare_again(
    run: Run, file: Path, write: Transaction, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[int] = []

    def beaten(*arguments: Any, **named: Any) -> Any:
        tried.append(1)
        if len(tried) < programme.ATTEMPTS:
            raise Stale("Somebody was quicker.", 2)
        return apply(*arguments, **named)

    monkeypatch.setattr(programme, "apply", beaten)
    assert run("import", str(file), "--conference", "spring").exit_code == 0
    assert len(tried) == programme.ATTEMPTS
    tried[:] = [-10]
    monkeypatch.setattr(programme, "ATTEMPTS", 1)

    def always(*_arguments: Any, **_named: Any) -> Any:
        raise Stale("Somebody was quicker.", 2)

    monkeypatch.setattr(programme, "apply", always)
    file.write_bytes(file.read_bytes().replace(b"Two", b"Three"))
    assert run("import", str(file), "--conference", "spring").exit_code == 1


def test_a_conference_is_made(run: Run, write: Transaction) -> None:
    with write():
        account = make_account("owner@example.org")
    done = run(
        *("conferences", "create", "spring", "--timezone", "Asia/Tokyo", "--title", "Printemps", "--language", "fr"),
        *("--language", "en", "--from", "2026-06-01", "--to", "2026-06-03", "--by", "owner@example.org"),
    )
    assert done.stdout == "spring is made: 2026-06-01 to 2026-06-03, Asia/Tokyo.\n"
    with write(Mode.READ):
        made = conferences.named("spring")
        assert (made.title, made.languages) == ({"fr": "Printemps"}, ["fr", "en"])
        assert [grant.role for grant in permissions.Held(account, made.id, NOW).grants] == [permissions.Role.OWNER]


def test_a_conference_needs_a_slug_and_a_zone_only(run: Run, write: Transaction) -> None:
    assert run("conferences", "create", "spring", "--timezone", "Pacific/Kiritimati").exit_code == 0
    with write(Mode.READ):
        made = conferences.named("spring")
        assert (made.title, made.starts_on, made.ends_on) == ({"en": "spring"}, dt.date(2026, 5, 18), made.starts_on)


@pytest.mark.parametrize(
    ("options", "field"),
    [
        (("spring", "--timezone", "Mars/Olympus"), "timezone"),
        (("organise", "--timezone", "UTC"), "slug"),
        (("spring", "--timezone", "UTC", "--from", "soon"), "starts_on"),
        (("spring", "--timezone", "UTC", "--from", "2026-06-03", "--to", "2026-06-01"), "ends_on"),
        (("spring", "--timezone", "UTC", "--language", "English"), "languages"),
    ],
)
def test_a_conference_that_cannot_be_is_refused_by_name(options: tuple[str, ...], field: str, run: Run) -> None:
    refused = run("conferences", "create", *options)
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert f"  {field}" in refused.stderr


@pytest.fixture
def made_files(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Which releases' files were made, without the minutes that makes take."""
    made: list[int] = []

    def make(release: Any, progress: Callable[[int, int], None], *, now: dt.datetime) -> None:
        for done in range(2):
            progress(done, 1)
        made.append(release.number)

    monkeypatch.setattr(delivery, "make_for_release", make)
    return made


def test_a_release_without_a_worker_makes_its_files(run: Run, write: Transaction, made_files: list[int]) -> None:
    with write():
        conference = make_conference()
        make_slot(conference, make_session(conference, "Yeast", make_speaker(conference)), make_room(conference))
    done = run("release", "summit", "--note", "The first.")
    assert (done.exit_code, done.stdout) == (0, "Release 1 of summit is public.\n")
    assert done.stderr == "Making files: 0 of 1\nMaking files: 1 of 1\n"
    assert made_files == [1]
    with write():
        latest = releases.current(conference.id)
        assert latest is not None
        assert agenda(latest).note == {"en": "The first."}
        outbox.beat("renders", now=NOW - dt.timedelta(seconds=20))
    assert run("release", "summit").stderr == "The worker is making its files.\n"
    assert made_files == [1]


def test_a_release_over_conflicts_takes_a_reason(run: Run, write: Transaction, made_files: list[int]) -> None:
    with write():
        conference = make_conference()
        ada = make_speaker(conference, "Ada")
        room = make_room(conference, "Aula")
        for title in ("Yeast", "Mould", "Rust"):
            make_slot(conference, make_session(conference, title, ada), room)
    refused = run("release", "summit")
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert refused.stderr.count("Aula holds") == 3
    assert refused.stderr.count("Ada is in") == 3
    done = run("release", "summit", "--override", "it is a party")
    assert done.exit_code == 0
    assert "6 conflicts were passed over" in done.stdout


@pytest.mark.parametrize("slug", ["nowhere", "summit"])
def test_what_cannot_be_released_is_refused(slug: str, run: Run, write: Transaction) -> None:
    with write():
        make_conference()
    refused = run("release", slug)
    assert refused.exit_code == 1
    assert {"nowhere": "no conference “nowhere”", "summit": "Nothing is scheduled yet"}[slug] in refused.stderr


def test_an_import_is_undone_by_command(run: Run, file: Path, write: Transaction) -> None:
    run("import", str(file), "--conference", "spring")
    listed = run("undo-import", "spring", "--list").stdout
    assert listed.endswith("applied  schedule.xml\n")
    assert run("undo-import", "spring").stdout == "The import of schedule.xml is undone.\n"
    assert "undone" in run("undo-import", "spring", "--list").stdout
    assert run("undo-import", "spring").exit_code == 1
    assert "no UUID" in run("undo-import", "spring", "--import", "x").stderr
    assert json.loads(run("import", str(file), "--conference", "spring", "--json").stdout)["created"]["sessions"] == 2


def test_what_vanished_is_cancelled_and_told_row_by_row(run: Run, file: Path) -> None:
    run("import", str(file), "--conference", "spring")
    file.write_bytes(schedule(day(event(track="Biology"))))
    kept = json.loads(run("import", str(file), "--conference", "spring", "--json", "--rows").stdout)
    assert [row["deed"] for row in kept["rows"]] == ["unchanged"] * 3
    told = run("import", str(file), "--conference", "spring", "--cancel-vanished", "--rows")
    assert "  updated   sessions Two (place, state)" in told.stdout


def test_a_release_names_letters_that_no_font_draws(run: Run, write: Transaction, made_files: list[int]) -> None:
    with write():
        conference = make_conference()
        session = make_session(conference, "Yeast 漢", make_speaker(conference))
        make_slot(conference, session, make_room(conference))
    done = run("release", "summit")
    assert f"PDFs show \ufffd in {session.code} for 漢 (U+6F22)" in done.stderr
