"""Running everything: parts that crash come back, a web server that ends takes the rest along, and all end at once."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from confapp.cli import MODULES, Commands, running
from confapp.cli.running import Part, _together
from confapp.database import Mode, db, transaction
from confapp.domain import outbox
from confapp.web import ConfappFlask
from confapp.worker import Loop
from confapp.worker import run as run_loops
from tests.agenda_scene import Programme
from tests.conftest import NOW, Transaction

ROOT = Path(__file__).parent.parent.parent
Run = Callable[..., Result]

pytestmark = pytest.mark.sqlite


@pytest.fixture
def signals() -> Iterator[None]:
    """The handlers of this process, put back."""
    held = {each: signal.getsignal(each) for each in (signal.SIGTERM, signal.SIGINT)}
    yield
    for each, handler in held.items():
        signal.signal(each, handler)


def _part(name: str, code: str, *, is_vital: bool = False) -> Part:
    return Part(name, [sys.executable, "-S", "-E", "-c", code], is_vital=is_vital)


def _after(seconds: float, act: Callable[[], object]) -> threading.Timer:
    timer = threading.Timer(seconds, act)
    timer.start()
    return timer


def _end_this() -> None:
    os.kill(os.getpid(), signal.SIGTERM)


# Parts side by side.


@pytest.mark.usefixtures("signals")
def test_a_part_that_crashes_is_started_again(
    app: ConfappFlask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(running, "RESTART_AFTER", (0.0, 0.1))
    marks = tmp_path / "marks"
    crash = f"open({str(marks)!r}, 'a').write('x'); import os; os.kill(os.getpid(), 9)"
    parts = [_part("web", "import time; time.sleep(60)", is_vital=True), _part("renders", crash)]

    def end_when_marked() -> None:
        until = time.monotonic() + 30
        while time.monotonic() < until and (not marks.exists() or len(marks.read_text()) < 3):
            time.sleep(0.05)
        _end_this()

    threading.Thread(target=end_when_marked).start()
    with app.app_context():
        _together(parts, dict(os.environ))
    assert len(marks.read_text()) >= 3
    said = capfd.readouterr().err.splitlines()
    assert said[0] == "The worker's renders ended (SIGKILL) and starts again in 0 s."
    assert said[1] == "The worker's renders ended (SIGKILL) and starts again in 0.1 s."
    assert all(part.process is None or part.process.returncode is not None for part in parts)


@pytest.mark.usefixtures("signals")
@pytest.mark.parametrize(
    ("code", "status", "reason"),
    [("raise SystemExit(3)", 3, "status 3"), ("import os; os.kill(os.getpid(), 9)", 1, "SIGKILL"), ("", 1, "status 0")],
)
def test_a_web_server_that_ends_takes_the_rest_along(
    app: ConfappFlask, capfd: pytest.CaptureFixture[str], code: str, status: int, reason: str
) -> None:
    parts = [_part("web", code, is_vital=True), _part("clock", "import time; time.sleep(60)")]
    with app.app_context(), pytest.raises(SystemExit) as ended:
        _together(parts, dict(os.environ))
    assert ended.value.code == status
    assert capfd.readouterr().err == f"The web server ended ({reason}).\n"
    assert parts[1].process is not None
    assert parts[1].process.returncode == -signal.SIGTERM


@pytest.mark.usefixtures("signals")
def test_a_part_that_will_not_end_is_killed_within_two_seconds(app: ConfappFlask) -> None:
    deaf = "import signal, time; signal.signal(15, lambda *_: None); print('on', flush=True); time.sleep(60)"
    part = _part("renders", deaf)
    _after(1.0, _end_this)
    with app.app_context():
        _together([part], dict(os.environ))
        began = time.monotonic()
    assert part.process is not None
    assert part.process.returncode in (-signal.SIGKILL, -signal.SIGTERM)
    assert time.monotonic() - began < 2


# The worker's own loops.


@pytest.mark.usefixtures("signals")
def test_the_worker_survives_failures_and_says_what_lives(app: ConfappFlask, monkeypatch: pytest.MonkeyPatch) -> None:
    swept: list[str] = []

    def fail(_now: object) -> int:
        swept.append("failed")
        raise ZeroDivisionError

    def hang(_now: object) -> int:
        time.sleep(1.0)
        return 1

    def succeed(_now: object) -> int:
        if len(swept) > 20 and outbox_beats():
            _end_this()
        return 0

    def outbox_beats() -> dict[str, object]:
        with app.app_context(), transaction(Mode.READ):
            return dict(outbox.beats())

    monkeypatch.setattr("confapp.worker.LOOK_EVERY", 0.3)
    loops = [Loop("clock", fail, 0.01, 0.2), Loop("renders", hang, 0.01, 0.2), Loop("outbox", succeed, 0.05)]
    with app.app_context():
        run_loops(loops)
    assert outbox_beats() == {"outbox": NOW}


@pytest.mark.usefixtures("signals")
def test_the_worker_ends_when_whoever_started_it_is_gone(app: ConfappFlask, monkeypatch: pytest.MonkeyPatch) -> None:
    parents = iter([1000, 1000, 1])
    monkeypatch.setattr("confapp.worker.LOOK_EVERY", 0.01)
    monkeypatch.setattr(os, "getppid", lambda: next(parents))
    with app.app_context():
        run_loops([Loop("clock", lambda _now: 0, pause=60.0)])
    assert next(parents, None) is None


@pytest.mark.usefixtures("signals")
def test_the_worker_ends_when_whoever_started_it_was_gone_before_it_looked(
    app: ConfappFlask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("confapp.worker.LOOK_EVERY", 0.01)
    gone = 2**22 + 1  # beyond what Linux numbers processes
    with app.app_context():
        run_loops([Loop("clock", lambda _now: 0, pause=60.0)], gone)


# The commands.


def test_a_port_that_is_taken_is_said_before_anything_starts(run: Run) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = run("serve", "--port", str(port))
    assert result.exit_code == 1
    assert result.output == (
        f"Error: Cannot listen at 127.0.0.1, port {port}: Address already in use. "
        "Choose another with --host and --port, or with PORT.\n"
    )


def test_retrying_opens_what_was_given_up(run: Run, write: Transaction) -> None:
    assert run("retry").output == "0 messages and 0 files are tried again.\n"
    with write():
        row = outbox.send("mail.x", {}, conference_id=None, now=NOW)
        row.closed_at, row.attempts, row.error = NOW, 8, "gone"
    assert run("retry").output == "1 messages and 0 files are tried again.\n"
    with write():
        assert outbox.given_up() == []


def test_every_command_is_found_where_it_is_said_to_be(app: ConfappFlask, run: Run) -> None:
    fresh = Flask("fresh")
    fresh.cli = Commands(fresh)
    for module, names in MODULES.items():
        own = Flask(module)
        __import__(f"confapp.cli.{module}", fromlist=["register"]).register(own)
        assert sorted(own.cli.commands) == sorted(names)
    listed = run("--help").output
    assert all(name in listed for names in MODULES.values() for name in names)
    assert run("nothing").exit_code == 2


IMPORTED = """
import json, sys
from confapp import create_app
create_app()
print(json.dumps([name for name in ("alembic", "mako", "weasyprint", "confapp.cli.running") if name in sys.modules]))
"""


def test_a_web_process_does_not_import_what_it_never_uses(tmp_path: Path) -> None:
    environment = os.environ | {"CONFAPP_INSTANCE": str(tmp_path)}
    told = subprocess.run([sys.executable, "-c", IMPORTED], cwd=ROOT, env=environment, check=True, capture_output=True)
    assert json.loads(told.stdout) == []


# Everything at once.


def _get(port: int, path: str) -> bytes | None:
    """The first bytes of a good answer."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=20) as answer:
            return bytes(answer.read(5))
    except (urllib.error.URLError, OSError):
        return None


def _until(told: Callable[[], object], seconds: float = 60) -> object:
    until = time.monotonic() + seconds
    while not (found := told()) and time.monotonic() < until:
        time.sleep(0.1)
    return found


def test_one_command_serves_works_and_ends(app: ConfappFlask, write: Transaction, tmp_path: Path) -> None:
    with write():
        Programme().release()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {"CONFAPP_INSTANCE": str(app.config["CONFAPP"].instance)}
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "serve", "--no-demo", "--port", str(port)]
    log = tmp_path / "log"
    with (
        log.open("wb") as output,
        subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT) as process,
    ):
        try:
            assert _until(lambda: _get(port, "/readyz")) == b"ready"

            def beats() -> bool:
                with write():
                    return {"clock", "outbox", "renders"} <= set(outbox.beats())

            assert _until(beats)
            assert _until(lambda: _get(port, "/summit/agenda.pdf"), 120) == b"%PDF-"
            process.send_signal(signal.SIGINT)
            began = time.monotonic()
            assert process.wait(20) == 0
            took = time.monotonic() - began
        finally:
            if process.poll() is None:
                process.terminate()
    words = log.read_text()
    assert words.splitlines() == [f"Confapp runs at http://127.0.0.1:{port} (Ctrl+C stops it)"]
    assert took < 10, "two seconds on a machine that does nothing else"
    assert _get(port, "/healthz") is None
    db.session.rollback()
