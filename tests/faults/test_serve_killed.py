"""Killing what serves leaves nothing behind: the port is free again, and no process of it goes on."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from confapp.web import ConfappFlask

ROOT = Path(__file__).parent.parent.parent

pytestmark = pytest.mark.sqlite


def _until(told: Callable[[], object], seconds: float = 60) -> object:
    until = time.monotonic() + seconds
    while not (found := told()) and time.monotonic() < until:
        time.sleep(0.1)
    return found


def _children(parent: int) -> list[int]:
    """The processes that a process started, theirs too."""
    found: list[int] = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            words = status.read_text("utf-8", "replace").rpartition(")")[2].split()
        except OSError:
            continue
        if int(words[1]) == parent and words[0] != "Z":
            child = int(status.parent.name)
            found += [child, *_children(child)]
    return found


def _is_alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def _is_free(port: int) -> bool:
    with socket.socket() as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=20) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


@pytest.fixture
def served(app: ConfappFlask) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """`flask serve` as a process that answers, and its port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {"CONFAPP_INSTANCE": str(app.config["CONFAPP"].instance)}
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "serve", "--no-demo", "--port", str(port)]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL) as process:
        known: list[int] = []
        try:
            assert _until(lambda: _answers(port))
            assert _until(lambda: len(_children(process.pid)) >= 4)
            known = _children(process.pid)
            yield process, port
        finally:
            for each in [process.pid, *known]:
                if _is_alive(each):
                    os.kill(each, signal.SIGKILL)


def test_what_served_ends_with_whoever_started_it(served: tuple[subprocess.Popen[bytes], int]) -> None:
    process, port = served
    children = _children(process.pid)
    process.send_signal(signal.SIGKILL)
    process.wait(10)
    assert _until(lambda: _is_free(port), 10)
    assert _until(lambda: not any(map(_is_alive, children)), 10)


def test_a_web_server_that_is_killed_leaves_nobody_on_the_port(served: tuple[subprocess.Popen[bytes], int]) -> None:
    process, port = served
    children = _children(process.pid)
    (server,) = [each for each in children if b"web_server" in Path(f"/proc/{each}/cmdline").read_bytes()
                 and each in _direct(process.pid)]  # fmt: skip
    os.kill(server, signal.SIGKILL)
    assert process.wait(20) == 1
    assert _until(lambda: _is_free(port), 10)
    assert _until(lambda: not any(map(_is_alive, children)), 10)


def _direct(parent: int) -> list[int]:
    grand = [each for child in _children(parent) for each in _children(child)]
    return [child for child in _children(parent) if child not in grand]
