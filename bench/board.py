"""The board at FOSDEM 2020's size: from request to paint, per pointer move, from drop to saved; and 50 of them open.

    python -m bench.board

Reads CONFAPP_TEST_DATA (a folder of real programmes), else makes a programme as large; wants Chromium, serves SQLite.
"""

from __future__ import annotations

import datetime as dt
import gzip
import http.client
import json
import os
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from bench.import_lock import REAL, made
from scripts.system import find_chromium
from tests.e2e.browsing import FLAGS
from tests.e2e.servers import ROOT, Server, serving

NOW = dt.datetime(2026, 5, 18, 9, 10, tzinfo=dt.UTC)
LOADS, MOVES, DROPS, ASKED = 5, 200, 20, 20
BOARDS, SECONDS = 50, 15
API = "/api/conferences/bench"
BETWEEN = 0.025
"""Seconds between two pointer moves: each has its frame to itself."""


def programme(folder: Path) -> tuple[str, Path]:
    """The programme's name and file."""
    real = os.environ.get("CONFAPP_TEST_DATA")
    if real:
        return "FOSDEM 2020", Path(real, REAL)
    file = folder / "made.xml"
    file.write_bytes(made())
    return "a made programme", file


def load(server: Server, file: Path) -> None:
    """Import the programme into the served instance."""
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "import", str(file), "--conference", "bench"]
    environment = os.environ | {"CONFAPP_INSTANCE": str(server.folder / "instance")}
    subprocess.run(
        [*command, "--timezone", "Europe/Brussels"], cwd=ROOT, env=environment, check=True, capture_output=True
    )


def signed_in(browser: Browser, server: Server) -> BrowserContext:
    """An administrator's browser."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB")
    page = context.new_page()
    email, password = server.accounts["admin"]
    page.goto(f"{server.url}/accounts/login")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("heading", name="Your roles").wait_for()
    page.close()
    return context


def opened(context: BrowserContext, server: Server, query: str) -> tuple[Page, dict[str, float]]:
    """A board that is whole, and milliseconds from the request to its steps."""
    page = context.new_page()
    page.goto(f"{server.url}/organise/bench/board?{query}")
    page.locator("#board[data-ready]").wait_for(state="attached")
    told = page.evaluate(
        """() => ({
            answered: performance.getEntriesByType("navigation")[0].responseEnd,
            paint: performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? NaN,
            drawn: performance.getEntriesByName("board:drawn")[0].startTime,
            whole: performance.getEntriesByName("board:whole")[0].startTime,
        })"""
    )
    return page, told


def moves(browser: Browser, page: Page) -> list[float]:
    """Milliseconds that the main thread works for each pointer move of one long drag over the whole board."""
    card = page.locator("#board-cards .card").nth(40)
    box = card.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 8, y + 8, steps=2)
    page.wait_for_timeout(1_000)  # the places where it clashes have come
    categories = ["disabled-by-default-devtools.timeline", "devtools.timeline", "toplevel"]
    browser.start_tracing(page=page, categories=categories)
    for number in range(MOVES):
        page.mouse.move(200 + number * 37 % 900, 260 + number * 23 % 500)
        time.sleep(BETWEEN)
    trace = json.loads(browser.stop_tracing())
    page.keyboard.press("Escape")
    page.mouse.up()
    return list(_by_move(trace["traceEvents"]))


def _by_move(events: list[dict[str, Any]]) -> Iterator[float]:
    """The work of the renderer's main thread between one pointer move and the next, in milliseconds of its own time."""
    dispatched = [
        each for each in events if each["name"] == "EventDispatch" and each["args"]["data"].get("type") == "pointermove"
    ]
    if not dispatched:
        raise SystemExit("The trace holds no pointer moves.")
    where = (dispatched[0]["pid"], dispatched[0]["tid"])
    tasks = [
        (each["ts"], each["dur"], each.get("tdur", each["dur"]))
        for each in events
        if each["name"] == "RunTask" and "dur" in each and (each["pid"], each["tid"]) == where
    ]
    starts = [each["ts"] for each in dispatched]
    for start, end in pairwise(starts):
        # A task belongs to the move in whose time it ends: the one that dispatches the move began just before.
        yield sum(work for began, length, work in tasks if start < began + length <= end) / 1_000


def drops(page: Page) -> list[float]:
    """Milliseconds from letting a card go to its being saved, by key: to and fro between two free places."""
    card = page.locator("#board-cards .card").last
    card.focus()
    for number in range(DROPS):
        page.keyboard.press("Enter")
        page.keyboard.press("ArrowDown" if number % 2 == 0 else "ArrowUp")
        page.keyboard.press("Enter")
        patience = time.monotonic() + 10
        while len(_drops(page)) <= number:
            if time.monotonic() > patience:
                raise SystemExit(f"The drop was not saved: {page.locator('#board-notes').inner_text()}")
            page.wait_for_timeout(20)
    return _drops(page)


def _drops(page: Page) -> list[float]:
    """What the page has measured of each drop so far."""
    measured = "performance.getEntriesByName('board:drop-to-confirmed').map((each) => each.duration)"
    return list(page.evaluate(measured))


class Asker:
    """One connection with an administrator's cookie."""

    def __init__(self, server: Server, context: BrowserContext) -> None:
        self.connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=30)
        self.cookie = "; ".join(f"{each['name']}={each['value']}" for each in context.cookies())

    def __call__(
        self, method: str, path: str, body: Any = None, **headers: str
    ) -> tuple[http.client.HTTPResponse, bytes]:
        sent = {"Cookie": self.cookie, "Content-Type": "application/json"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        self.connection.request(method, API + path, json.dumps(body) if body is not None else None, sent)
        answer = self.connection.getresponse()
        return answer, answer.read()


def answers(ask: Asker, token: str) -> tuple[dict[str, list[float]], bytes, int, str]:
    """Milliseconds of each of the board's addresses; the board itself, its version and the ETag of no change."""
    _, whole = ask("GET", "/board")
    told = json.loads(whole)
    seen = f"edits={told['edits']}"
    code = next(each["session"] for each in told["slots"] if each["people"])
    ask("PATCH", f"/sessions/{code}", {"notes": "bench"}, X_CSRFToken=token)
    answer, _ = ask("GET", f"/board/changes?since={told['version']}")
    etag = answer.headers["ETag"]
    slot = next(each["uuid"] for each in told["slots"] if each["people"])
    paths = {
        "the whole board": ("/board", {}),
        "all conflicts with ways out": ("/conflicts", {}),
        "where one card would clash": (f"/slots/{slot}/places", {}),
        "changes: none (304)": (f"/board/changes?since={told['version']}", {"If_None_Match": etag}),
        "changes: one move": (f"/board/changes?since={told['version'] - 1}", {}),
        "changes: one session edited": (f"/board/changes?since={told['version']}&{seen}", {}),
    }
    timed: dict[str, list[float]] = {}
    for name, (path, headers) in paths.items():
        for _ in range(ASKED):
            began = time.perf_counter()
            ask("GET", path, **headers)
            timed.setdefault(name, []).append((time.perf_counter() - began) * 1_000)
    return timed, whole, int(told["version"]), etag


def worked(server: Server) -> float:
    """Seconds of processor time of the server and all that it started."""
    parents: dict[int, list[int]] = {}
    spent: dict[int, float] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text("utf-8", "replace").rpartition(")")[2].split()
        except OSError:
            continue
        parents.setdefault(int(fields[1]), []).append(int(stat.parent.name))
        spent[int(stat.parent.name)] = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    total, left = 0.0, [server.pid]
    while left:
        each = left.pop()
        total += spent.get(each, 0.0)
        left += parents.get(each, [])
    return total


def crowd(server: Server, ask: Asker, token: str, version: int) -> tuple[float, float]:
    """The share of a core that the server takes idle, and with BOARDS boards that ask each second and are present."""
    clients = [uuid.uuid4() for _ in range(BOARDS)]
    for client in clients:
        ask("PUT", f"/board/present/{client}", {"slot": None}, X_CSRFToken=token)
    answer, _ = ask("GET", f"/board/changes?since={version}", If_None_Match='"none"')
    etag = answer.headers["ETag"]
    shares = []
    for boards in ((), clients):
        before, began = worked(server), time.perf_counter()
        for second in range(SECONDS):
            for number, client in enumerate(boards):
                ask("GET", f"/board/changes?since={version}", If_None_Match=etag)
                if number % 10 == second % 10:
                    ask("PUT", f"/board/present/{client}", {"slot": None}, X_CSRFToken=token)
            time.sleep(max(0.0, began + second + 1 - time.perf_counter()))
        shares.append((worked(server) - before) / (time.perf_counter() - began))
    return shares[0], shares[1]


def row(title: str, values: list[float]) -> None:
    """One line of the table: median and 95th percentile."""
    ranked = sorted(values)
    print(f"{title:<52}{median(ranked):>9.1f} ms{ranked[int(len(ranked) * 0.95 - 0.01)]:>9.1f} ms   of {len(values)}")


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        title, file = programme(folder)
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        with serving(folder, NOW) as server:
            load(server, file)
            context = signed_in(browser, server)
            pages = [opened(context, server, "zoom=1&day=all") for _ in range(LOADS)]
            for page, _ in pages[:-1]:
                page.close()
            page, _ = pages[-1]
            cards = page.locator("#board-cards .card").count()
            nodes = page.evaluate("document.querySelectorAll('*').length")
            print(
                f"{title}: {cards} cards, {page.locator('.head').count() - 1} rooms, all days shown, {nodes} elements"
            )
            print(f"{'':<52}{'median':>12}{'p95':>12}")
            for step, words in (
                ("answered", "request to the page's last byte"),
                ("paint", "request to first paint"),
                ("drawn", "request to all cards drawn"),
                ("whole", "request to all conflicts shown"),
            ):
                row(words, [told[step] for _, told in pages])
            row("main thread per pointer move while dragging", moves(browser, page))
            row("drop to confirmed", drops(page))
            token = page.locator("#board").get_attribute("data-token") or ""
            page.close()
            ask = Asker(server, context)
            timed, whole, version, _ = answers(ask, token)
            for words, values in timed.items():
                row(words, values)
            print(
                f"the whole board: {len(whole) / 1_000:.0f} kB, {len(gzip.compress(whole)) / 1_000:.0f} kB compressed"
            )
            idle, busy = crowd(server, ask, token, version)
            print(f"{BOARDS} boards asking each second: {busy - idle:.1%} of a core (idle: {idle:.1%})")
        browser.close()


if __name__ == "__main__":
    main()
