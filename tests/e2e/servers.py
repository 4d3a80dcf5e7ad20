"""Confapp as its users run it: `flask serve` in a folder of its own, with worker, demonstration and a clock to set."""

from __future__ import annotations

import datetime as dt
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
START_WITHIN = 120
"""Seconds until it must answer; a first start migrates and loads the demonstration."""
STOP_WITHIN = 20


class Server:
    """One running instance: web server and worker."""

    def __init__(self, folder: Path, now: dt.datetime, **environment: str) -> None:
        """Start it in an empty folder, as `make run` does in a fresh checkout, at a moment; waits until it answers."""
        self.folder = folder
        self._clock = folder / "clock.txt"
        self.now = now
        self.set_clock(now)
        port = _free_port()
        self.url = f"http://127.0.0.1:{port}"
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("CONFAPP_", "PYTEST_"))}
        own = {"CONFAPP_INSTANCE": str(folder / "instance"), "CONFAPP_CLOCK_FILE": str(self._clock)}
        command = [sys.executable, "-m", "flask", "--app", "wsgi", "serve", "--port", str(port)]
        self._log = folder / "log.txt"
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=inherited | own | environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._wait()
        self.accounts = _accounts(folder / "instance" / "demo-accounts.txt")

    def _wait(self) -> None:
        patience = time.monotonic() + START_WITHIN
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > patience:
                self.stop()
                raise RuntimeError(f"the server does not answer; it said:\n{self.said()}")
            time.sleep(0.1)

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False

    @property
    def pid(self) -> int:
        """Its first process, which started all others."""
        return self._process.pid

    def said(self) -> str:
        """What its processes wrote."""
        return self._log.read_text("utf-8", "replace")

    def set_clock(self, now: dt.datetime) -> None:
        """Let it be `now` for all its processes, which may be reading at this very moment."""
        self.now = now
        fresh = self._clock.with_suffix(".new")
        fresh.write_text(now.isoformat(), "ascii")
        fresh.replace(self._clock)

    def tick(self, **amount: float) -> None:
        """Let `timedelta(**amount)` pass."""
        self.set_clock(self.now + dt.timedelta(**amount))

    def stop(self) -> None:
        """End it with the signal of Ctrl+C's kind; what does not listen is killed."""
        self._process.terminate()
        try:
            self._process.wait(STOP_WITHIN)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()


@contextmanager
def serving(folder: Path, now: dt.datetime, **environment: str) -> Iterator[Server]:
    """A server for a while; what its processes wrote may hold no traceback at the end."""
    server = Server(folder, now, **environment)
    try:
        yield server
    finally:
        server.stop()
    assert "Traceback" not in server.said(), server.said()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _accounts(table: Path) -> dict[str, tuple[str, str]]:
    """E-mail address and password by the part of the address that names the role, from the printed table."""
    rows = [line.split() for line in table.read_text("utf-8").splitlines() if "@" in line]
    return {email.split("@")[0]: (email, password) for email, password, *_role in rows}
