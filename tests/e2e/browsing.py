"""A browser under watch: notes what no page of ours may do, signs people in, finds barriers and takes pictures."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response, WebError, expect

from tests.e2e.servers import ROOT, Server

PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1280, "height": 800}
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
AXE = ROOT / "confapp" / "assets" / "node_modules" / "axe-core" / "axe.min.js"
PICTURES = "CONFAPP_SCREENSHOTS"
"""A folder for pictures of pages; without it none are taken."""
SERIOUS = ("serious", "critical")


@cache
def _axe() -> str:
    return AXE.read_text("utf-8") + "; 0"


@dataclass
class Visitor:
    """Somebody with a browser of their own: their cookies, and a note of everything that went wrong."""

    server: Server
    context: BrowserContext
    problems: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.context.on("console", self._console)
        self.context.on("weberror", self._error)
        self.context.on("request", self._request)
        self.context.on("response", self._response)
        self.page: Page = self.context.new_page()

    def _console(self, message: ConsoleMessage) -> None:
        """Errors and warnings, a page's breaches of its Content-Security-Policy among them."""
        address = message.location.get("url", "")
        # A refused form and a page that is not there are answers that tests ask for; what a page loads is not.
        is_answer = message.text.startswith("Failed to load resource") and message.page and message.page.url == address
        if message.type in ("error", "warning") and not is_answer:
            self.problems.append(f"console: {message.text} ({address})")

    def _error(self, error: WebError) -> None:
        self.problems.append(f"script: {error.error.message}")

    def _request(self, request: Request) -> None:
        if not request.url.startswith((self.server.url + "/", "data:", "blob:", "about:")):
            self.problems.append(f"request to another host: {request.url}")

    def _response(self, response: Response) -> None:
        if response.status >= 500 and response.status != 503:
            self.problems.append(f"{response.status}: {response.url}")

    def open(self, path: str) -> Page:
        """Go to an address of the server."""
        self.page.goto(self.server.url + path)
        return self.page

    def sign_in(self, role: str) -> Page:
        """Sign in through the form, as one of the demonstration's accounts: organiser, press, approver, stage ..."""
        email, password = self.server.accounts[role]
        page = self.open("/accounts/login")
        page.get_by_label("E-mail address").fill(email)
        page.get_by_label("Password", exact=True).fill(password)
        page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()
        expect(page.get_by_role("heading", name="Your roles")).to_be_visible()
        return page

    def fetch(self, path: str) -> Any:
        """An address's answer, with this visitor's cookies, without showing it."""
        return self.context.request.get(path if "://" in path else self.server.url + path, timeout=30_000)


expect.set_options(timeout=20_000)  # a busy machine takes its time; a page that is right answers at once


@contextmanager
def visitor(browser: Browser, server: Server, **options: Any) -> Iterator[Visitor]:
    """A new visitor, from nowhere; on leaving, nothing may have gone wrong."""
    context = browser.new_context(**{"viewport": DESKTOP, "locale": "en-GB", **options})
    context.set_default_timeout(10_000)
    who = Visitor(server, context)
    try:
        yield who
        assert not who.problems, "\n".join(who.problems)
    finally:
        context.close()


def barriers(page: Page, *, only_layout: bool = False) -> list[str]:
    """What axe finds to be seriously or critically in the way of people: rule, place and reason.

    With `only_layout`, without what takes most of its time and is the same at any width: contrast, size of targets.
    """
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(_axe())  # past the page's policy, as developer tools are
    slow = {name: {"enabled": not only_layout} for name in ("color-contrast", "target-size")}
    options = {"resultTypes": ["violations"], "preload": False, "rules": slow}
    found = page.evaluate("options => axe.run(document, options)", options)
    return [
        f"{violation['id']}: {node['target']} {node['failureSummary']}"
        for violation in found["violations"]
        if violation["impact"] in SERIOUS
        for node in violation["nodes"]
    ]


def overflow(page: Page) -> list[str]:
    """What makes a page wider than its window; empty: it does not scroll sideways."""
    return list(
        page.evaluate(
            """() => {
                const root = document.documentElement;
                if (root.scrollWidth <= root.clientWidth) return [];
                const wide = [...document.body.querySelectorAll("*")]
                    .filter((each) => each.getBoundingClientRect().right > root.clientWidth + 1)
                    .slice(0, 5).map((each) => each.outerHTML.slice(0, 120));
                return [`${root.scrollWidth} > ${root.clientWidth}`, ...wide];
            }"""
        )
    )


def picture(page: Page, name: str, *, whole: bool = False) -> None:
    """Take a picture of what is shown, or of the whole page, where somebody asked for pictures."""
    folder = os.environ.get(PICTURES)
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(folder, f"{name}.png"), full_page=whole, animations="disabled")
